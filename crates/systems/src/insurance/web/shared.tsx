import type { Schema, Tone } from "@api/types";
import { PlainTable } from "@kit/DetailPage";
import { AppLink } from "@kit/nav";
import { StatusTag } from "@kit/tags";
import { InputNumber } from "antd";
import { useTranslation } from "react-i18next";

/** `133,600.00`: money comes in fen and is read in yuan. */
export function yuan(fen: number | null | undefined): string {
  if (fen === null || fen === undefined) return "—";
  return (fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** A difference with its sign; less to pay is good. */
export function Change({ fen }: { fen: number }) {
  const tone = fen < 0 ? "good" : fen > 0 ? "bad" : "";
  return <span className={tone}>{`${fen > 0 ? "+" : ""}${yuan(fen)}`}</span>;
}

/** Money is typed in yuan and sent in fen. */
export function YuanInput({ value, onChange, id }: { value?: number; onChange?: (fen?: number) => void; id?: string }) {
  const { t } = useTranslation();
  return (
    <InputNumber
      id={id}
      min={0}
      precision={2}
      style={{ width: "100%" }}
      addonAfter={t("元")}
      value={value === undefined ? undefined : value / 100}
      onChange={(typed) => onChange?.(typed === null ? undefined : Math.round(typed * 100))}
    />
  );
}

/** Base × factors: each factor opens the events behind it. */
export function FactorTable({ base, priced }: { base: number | null | undefined; priced: Schema["PremiumPriced"] }) {
  const { t } = useTranslation();
  const rows = priced.terms.map((term) => ({
    key: term.id,
    cells: [
      term.name,
      term.effect,
      term.change_fen === null || term.change_fen === undefined ? "—" : <Change key="fen" fen={term.change_fen} />,
      <Because key="why" events={term.because} />,
    ],
  }));
  return (
    <>
      {priced.example && <Example />}
      <PlainTable
        head={[t("因素"), t("浮动"), t("金额（元）"), t("依据")]}
        rows={[
          ...(base ? [{ key: "base", cells: [t("年基准保费"), "", yuan(base), t("核保填报")] }] : []),
          ...rows,
          {
            key: "sum",
            cells: [
              <strong key="name">{t("保险费")}</strong>,
              "",
              <strong key="fen">{yuan(priced.premium_fen)}</strong>,
              priced.edition,
            ],
          },
        ]}
        empty=""
      />
      <p className="quiet">{priced.rule}</p>
    </>
  );
}

export function Example() {
  const { t } = useTranslation();
  return <p className="warn">{t("示例费率：信用与整改的比例未经主管部门确认，仅作演示。")}</p>;
}

/** The events behind a figure, each with the tree of its causes. */
export function Because({ events }: { events: string[] }) {
  const { t } = useTranslation();
  if (events.length === 0) return <span className="quiet">{t("保险机构填报")}</span>;
  return (
    <span className="row">
      {events.map((event, at) => (
        <AppLink key={event} to={`/why/${event}`}>{`${t("事件")} ${at + 1}`}</AppLink>
      ))}
    </span>
  );
}

const TONES: Record<string, Tone> = {
  none: "bad",
  lapsed: "bad",
  soon: "warn",
  covered: "good",
  requested: "warn",
  quoted: "warn",
  bound: "good",
  in_force: "good",
  proposed: "warn",
  accepted: "good",
  agreed: "good",
  returned: "bad",
  rendered: "warn",
  confirmed: "warn",
  settled: "good",
  open: "warn",
  answered: "good",
};

/** A state in its colour and words. */
export function State({ code, name, bad }: { code: string; name: string; bad?: boolean }) {
  const { t } = useTranslation();
  return <StatusTag tone={bad ? "bad" : (TONES[code] ?? "plain")}>{t(name)}</StatusTag>;
}
