import { ApiError } from "@api/client";
import { Alert, Button, Empty } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** A refusal as the server explains it: what, by which clause, which fields, and the number to quote when asking for help. */
export function ProblemAlert({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  if (!error) return null;
  const problem =
    error instanceof ApiError
      ? error.problem
      : { title: t("页面出错"), detail: String(error), errors: [], clause: undefined, trace: undefined };
  return (
    <Alert
      type="error"
      showIcon
      title={problem.title}
      description={
        <>
          {problem.detail && <div>{problem.detail}</div>}
          {problem.clause && (
            <div>
              {t("依据")}：{problem.clause}
            </div>
          )}
          {problem.errors?.map((each) => (
            <div key={each.field + each.message}>{each.message}</div>
          ))}
          {problem.trace && (
            <div className="quiet">
              {t("问题编号")}：{problem.trace}
            </div>
          )}
        </>
      }
      action={
        retry && (
          <Button size="small" onClick={retry}>
            {t("重试")}
          </Button>
        )
      }
    />
  );
}

/** An empty place that says what to do next. */
export function EmptyNext({ text, action }: { text: ReactNode; action?: ReactNode }) {
  return (
    <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={text}>
      {action}
    </Empty>
  );
}
