import { client, dataOf } from "@api/client";
import type { Desk, Shift } from "@api/types";
import { useWrite } from "@api/write";
import { dateTime } from "@kit/format";
import { AppLink } from "@kit/nav";
import { useMay, useMe } from "@kit/session";
import { App, Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

const HandoverDialog = lazy(() => import("./HandoverDialog"));

/** Who is on watch; take over, or hand over with a confirmed signature. */
export function ShiftBar({ desk }: { desk: Desk }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const me = useMe();
  const may = useMay();
  const [handing, setHanding] = useState(false);
  const take = useWrite<void, Shift>(
    async (_, header) => dataOf(await client.POST("/shifts/take", { params: { header }, body: {} })),
    {
      refresh: ["/desk", "/shifts"],
      done: () => message.success(t("已接班")),
      failed: (error) => message.error(error.problem.detail ?? error.problem.title),
    },
  );
  const { shift } = desk;
  const mine = Boolean(shift && me && (shift.holder === me.person || shift.holder === me.username));
  return (
    <>
      <span>
        {shift ? (
          <>
            {t("当前值守")} <strong>{shift.holder}</strong>{" "}
            <span className="quiet">
              {dateTime(shift.since)} {t("接班")}
            </span>
          </>
        ) : (
          <strong className="warn">{t("当前无人值守")}</strong>
        )}{" "}
        {may("online:watch") && <AppLink to="/shifts">{t("交接班记录")}</AppLink>}
      </span>
      {!mine && may("online:watch") && (
        <Button type="primary" loading={take.isPending} onClick={() => take.mutate()}>
          {t("接班")}
        </Button>
      )}
      {mine && <Button onClick={() => setHanding(true)}>{t("交班")}</Button>}
      {handing && shift && (
        <Suspense>
          <HandoverDialog shift={shift.id} openAlarms={desk.counts.open} close={() => setHanding(false)} />
        </Suspense>
      )}
    </>
  );
}
