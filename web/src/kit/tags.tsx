import type { Tone } from "@api/types";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

type Colour = "red" | "orange" | "yellow" | "blue";

/** The four colours and every word the standards use for them. */
const RISK: Record<string, [Colour, string, string]> = {
  red: ["red", "Ⅰ", "重大"],
  orange: ["orange", "Ⅱ", "较大"],
  yellow: ["yellow", "Ⅲ", "一般"],
  blue: ["blue", "Ⅳ", "低"],
};
const RISK_WORDS: Record<string, keyof typeof RISK> = {
  红: "red",
  橙: "orange",
  黄: "yellow",
  蓝: "blue",
  重大: "red",
  较大: "orange",
  一般: "yellow",
  低: "blue",
  一级: "red",
  二级: "orange",
  三级: "yellow",
  四级: "blue",
};

/** Which of the four colours a word of the server stands for. */
export function riskColour(word: string | null | undefined): Colour | null {
  if (!word) return null;
  const found = RISK[word] ?? RISK[RISK_WORDS[word.replace(/(色|风险)$/, "")] ?? ""];
  return found ? found[0] : null;
}

/** Colour, Roman number and words together: readable in black and white and by the colour-blind. */
export function RiskTag({ level, words }: { level: string | null | undefined; words?: string }) {
  const { t } = useTranslation();
  const colour = riskColour(level);
  if (!colour) return <span className="quiet">{level || "—"}</span>;
  const [, numeral, name] = RISK[colour] as [Colour, string, string];
  return (
    <span className={`risk risk-${colour}`}>
      <i>{numeral}</i>
      {words ?? t(`${name}风险`)}
    </span>
  );
}

/** The level of a hazard source keeps its own words: 一级 is the gravest (GB 18218-2018). */
export function SourceLevel({ level }: { level: string | null | undefined }) {
  return level ? <RiskTag level={level} words={level} /> : <span className="quiet">—</span>;
}

export function StatusTag({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`tag tag-${tone}`}>{children}</span>;
}

const ALARM: Record<string, [Tone, string]> = {
  active: ["bad", "待签收"],
  acknowledged: ["warn", "已签收待说明"],
  explained: ["plain", "已说明待消警"],
  cleared: ["good", "已消警"],
};

export function AlarmStatus({ state, back }: { state: string; back?: boolean }) {
  const { t } = useTranslation();
  const [tone, words] = ALARM[state] ?? ["plain", state];
  return (
    <StatusTag tone={tone}>
      {t(words)}
      {back && state !== "cleared" && ` · ${t("已恢复正常")}`}
    </StatusTag>
  );
}

export const LEVEL_WORDS: Record<string, string> = { HH: "高高限", H: "高限", L: "低限", LL: "低低限" };

/** Priority 1 to 4 in the four colours, with the limit that was broken. */
export function AlarmLevel({ priority, level }: { priority: number; level: string }) {
  const { t } = useTranslation();
  const colour = (["red", "orange", "yellow", "blue"] as const)[priority - 1] ?? "blue";
  return (
    <RiskTag
      level={colour}
      words={`${t(["一级", "二级", "三级", "四级"][priority - 1] ?? "四级")} ${t(LEVEL_WORDS[level] ?? level)}`}
    />
  );
}
