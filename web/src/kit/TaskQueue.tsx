import { type ApiError, client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { ListOf, Schema } from "@api/types";
import { useWrite } from "@api/write";
import { App, Button, Popconfirm, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Clock } from "./Clock";
import { Filters } from "./Filters";
import { exportUrl, Pager } from "./ListTools";
import { AppLink, useGo } from "./nav";
import { EmptyNext, ProblemAlert } from "./Problem";
import { WhyLink } from "./Timeline";
import { RiskTag } from "./tags";
import { useList } from "./useList";

type Task = Schema["Task"];
const COLOURS = ["red", "orange", "yellow", "blue"];

/** The queue: what is mine to do, the legal clock first, then the risk; why me, why now, and what happens if not. */
export function TaskQueue({ shares }: { shares: Schema["TaskShare"][] }) {
  const { t } = useTranslation();
  const list = useList();
  const { data, error, isPending, refetch } = useGet("/tasks", {
    query: list.query,
    live: [""],
    every: 60_000,
    keep: true,
  });
  const answer = data as ListOf<Task> | undefined;
  const filtered = Object.keys(list.filters).length > 0;
  const filters = [
    {
      key: "part",
      label: "系统",
      options: shares.map(({ part, name, count }) => ({ value: part, label: `${t(name)} ${count}` })),
    },
    { key: "overdue", label: "期限", options: [{ value: "true", label: "只看逾期" }] },
    { key: "enterprise", label: "企业", type: "enterprise" as const },
  ];
  return (
    <section className="panel" aria-label={t("待办事项")}>
      <div className="panel-head">
        <h2>{t("待办事项")}</h2>
        <div className="panel-extra row no-print">
          <a href={exportUrl("/tasks", undefined, list.query, "xlsx")}>{t("Excel 工作簿")}</a>
          <Button size="small" onClick={() => window.print()}>
            {t("打印")}
          </Button>
        </div>
      </div>
      {(filtered || shares.length > 0) && <Filters filters={filters} list={list} />}
      <ProblemAlert error={error} retry={() => void refetch()} />
      {isPending && !error && <Skeleton active />}
      {answer?.items.length === 0 && (
        <EmptyNext
          text={
            filtered
              ? t("没有符合条件的记录，可以减少筛选条件再查。")
              : t("目前没有待办事项。有新的事项时会出现在这里，并在右上角提醒。")
          }
        />
      )}
      <ol className="tasks">
        {answer?.items.map((task) => (
          <TaskItem key={task.key} task={task} />
        ))}
      </ol>
      {answer && answer.items.length > 0 && <Pager list={list} answer={answer} />}
    </section>
  );
}

function TaskItem({ task }: { task: Task }) {
  const { t } = useTranslation();
  return (
    <li className="task">
      <div className="task-head">
        <RiskTag level={COLOURS[task.risk - 1] ?? "blue"} />
        <AppLink className="task-title" to={task.link}>
          {task.title}
        </AppLink>
        {task.due && <Clock due={task.due} warnBelow={86_400_000} />}
      </div>
      <div className="quiet">
        {task.enterprise && (
          <AppLink to={`/enterprises/${encodeURIComponent(task.enterprise)}`}>
            {task.enterprise_name ?? task.enterprise}
          </AppLink>
        )}
        {task.enterprise && " · "}
        {t(task.part_name)}
        {task.clock && ` · ${t("期限依据")}：${task.clock}`}
      </div>
      <dl className="task-why">
        <div>
          <dt>{t("为什么是我")}</dt>
          <dd>{task.why_me}</dd>
        </div>
        <div>
          <dt>{t("为什么是现在")}</dt>
          <dd>
            {task.why_now} <WhyLink event={task.because} />
          </dd>
        </div>
        <div>
          <dt>{t("不办的后果")}</dt>
          <dd>{task.if_not}</dd>
        </div>
      </dl>
      <div className="row no-print">
        {task.actions.map((action) => (
          <Act key={action.title} action={action} title={task.title} />
        ))}
      </div>
    </li>
  );
}

/** One tap and a question, or the page where it is done. */
function Act({ action, title }: { action: Schema["TaskAction"]; title: string }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const go = useGo();
  const write = useWrite<string, unknown>(
    async (path, header) => {
      // The address comes from the server with the task; its schema is known there.
      const post = client.POST as (path: string, init: object) => Promise<{ data?: unknown }>;
      return dataOf(await post(path, { params: { header }, body: {} }));
    },
    {
      refresh: ["/"],
      done: () => message.success(t("已办理")),
      failed: (error: ApiError) => message.error(error.problem.title),
    },
  );
  const post = action.post;
  if (!post)
    return (
      <Button size="small" onClick={() => go(action.link)}>
        {t(action.title)}
      </Button>
    );
  return (
    <Popconfirm title={`${t(action.title)}？`} description={title} onConfirm={() => write.mutate(post)}>
      <Button size="small" type="primary" loading={write.isPending}>
        {t(action.title)}
      </Button>
    </Popconfirm>
  );
}
