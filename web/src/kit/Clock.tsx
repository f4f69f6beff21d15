import { useTranslation } from "react-i18next";
import { dateTime, span } from "./format";
import { useNow } from "./now";

/** Time left to a deadline, or how long it has been overdue. `warnBelow` is the share of an hour's work left to act. */
export function Clock({
  due,
  done,
  warnBelow = 60_000,
}: {
  due: string | null | undefined;
  done?: string | null;
  warnBelow?: number;
}) {
  const { t } = useTranslation();
  const now = useNow();
  if (!due) return <span className="quiet">—</span>;
  const at = new Date(due).getTime();
  if (done) {
    const late = new Date(done).getTime() - at;
    return late > 0 ? (
      <span className="chip chip-late" title={dateTime(due)}>
        {t("超时")} {span(late)}
      </span>
    ) : (
      <span className="chip good" title={dateTime(due)}>
        {t("按时")}
      </span>
    );
  }
  const left = at - now;
  return (
    <span
      className={`chip ${left < 0 ? "chip-late" : left < warnBelow ? "chip-soon" : ""}`}
      title={`${t("期限")} ${dateTime(due)}`}
    >
      {left < 0 ? `${t("逾期")} ${span(-left)}` : `${t("剩")} ${span(left)}`}
    </span>
  );
}

/** How long ago something happened. */
export function Age({ at }: { at: string }) {
  const now = useNow();
  return (
    <span className="chip" title={dateTime(at)}>
      {span(now - new Date(at).getTime())}
    </span>
  );
}
