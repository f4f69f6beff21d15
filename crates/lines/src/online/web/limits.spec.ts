import { describe, expect, it } from "vitest";
import { orderFault } from "./limits";

const base = { hh: 85, h: 80, l: 10, ll: 5, dead_band: 1, on_delay_s: 10, off_delay_s: 30 };

describe("limits", () => {
  it("stand in the order 高高 > 高 > 低 > 低低, whichever are set", () => {
    expect(orderFault(base)).toBeNull();
    expect(orderFault({ hh: 80, h: 80 })).toBe("高高限应大于高限");
    expect(orderFault({ hh: 80, l: 90 })).toBe("高高限应大于低限");
    expect(orderFault({ h: null, ll: 5 })).toBeNull();
  });
});
