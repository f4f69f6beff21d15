import { describe, expect, it } from "vitest";
import { dateOnly, dateTime, maskId, maskPhone, number, span } from "./format";

describe("what people read", () => {
  it("shows Beijing time whatever the PC's zone is", () => {
    expect(dateTime("2026-11-23T17:30:05.000Z")).toBe("2026-11-24 01:30");
    expect(dateOnly("2026-11-23T15:59:59.999Z")).toBe("2026-11-23");
    expect(dateTime(null)).toBe("—");
  });
  it("groups thousands and keeps three decimals at most", () => {
    expect(number(1284)).toBe("1,284");
    expect(number("0.123456")).toBe("0.123");
    expect(number("")).toBe("—");
    expect(number("一级")).toBe("一级");
  });
  it("says a span in its two largest units", () => {
    expect(span(59_000)).toBe("59 秒");
    expect(span(130_000)).toBe("2 分 10 秒");
    expect(span(3600_000)).toBe("1 小时");
    expect(span(51 * 3600_000)).toBe("2 天 3 小时");
    expect(span(-5)).toBe("0 秒");
  });
  it("masks numbers, also those the server has masked already", () => {
    expect(maskPhone("13900001234")).toBe("139****1234");
    expect(maskPhone("139****1234")).toBe("139****1234");
    expect(maskId("99012119491231002X")).toBe("990***********002X");
  });
});
