import type { Alarm } from "@api/types";
import { useMay } from "@kit/session";
import { Button, Tooltip } from "antd";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Step } from "./AlarmDialogs";

const AlarmDialogs = lazy(() => import("./AlarmDialogs"));

const STEP: Record<string, Step> = { active: "acknowledge", acknowledged: "explain", explained: "clear" };

/** The step an alarm waits for, where my role may take it: sign, explain, clear. `start` opens it at once, as a task in the queue asks. */
export function AlarmActions({
  alarm,
  size = "small",
  start,
}: {
  alarm: Alarm;
  size?: "small" | "middle";
  start?: string;
}) {
  const { t } = useTranslation();
  const may = useMay();
  const [step, setStep] = useState<Step | null>(null);
  const [asked, setAsked] = useState(false);
  const open = (wanted: Step) => {
    setAsked(true);
    setStep(wanted);
  };
  const waits = STEP[alarm.state];
  const wanted = start === waits && may(`online:${waits}`) && (waits !== "clear" || alarm.back_to_normal);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it opens when the page is entered, not whenever the alarm is read again
  useEffect(() => {
    if (wanted && waits) open(waits);
  }, []);
  const button = (wanted: Step, label: string, blocked?: string) => (
    <Tooltip title={blocked}>
      <Button
        size={size}
        type={wanted === "acknowledge" ? "primary" : "default"}
        disabled={Boolean(blocked)}
        onClick={() => open(wanted)}
      >
        {t(label)}
      </Button>
    </Tooltip>
  );
  return (
    <>
      {alarm.state === "active" && may("online:acknowledge") && button("acknowledge", "签收")}
      {alarm.state === "acknowledged" && may("online:explain") && button("explain", "说明原因")}
      {alarm.state === "explained" &&
        may("online:clear") &&
        button("clear", "消警", alarm.back_to_normal ? undefined : t("数值仍超出限值，恢复正常后才能消警"))}
      {asked && (
        <Suspense>
          <AlarmDialogs alarm={alarm} step={step} close={() => setStep(null)} />
        </Suspense>
      )}
    </>
  );
}
