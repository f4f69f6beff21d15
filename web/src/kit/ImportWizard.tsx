import { API, ApiError, client, dataOf, upload } from "@api/client";
import type { ImportKind, ImportRun } from "@api/types";
import { useWrite } from "@api/write";
import { Alert, Button, Steps } from "antd";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { PlainTable } from "./DetailPage";
import { number } from "./format";
import { Panel } from "./Page";
import { ProblemAlert } from "./Problem";

const SHOWN_ERRORS = 200;

/** Template, upload, dry run, apply: nothing is written before someone has seen what would be. */
export function ImportWizard({ kind, done }: { kind: ImportKind; done?: () => void }) {
  const { t } = useTranslation();
  const [run, setRun] = useState<ImportRun | null>(null);
  const [applied, setApplied] = useState<ImportRun | null>(null);
  const apply = useWrite<string, ImportRun>(
    async (id, header) => dataOf(await client.POST("/imports/runs/{id}/apply", { params: { path: { id }, header } })),
    {
      refresh: ["/"],
      done: (answer) => {
        setApplied(answer);
        done?.();
      },
    },
  );
  const restart = () => {
    setRun(null);
    setApplied(null);
    apply.reset();
  };
  return (
    <div className="stack">
      <Panel>
        <Steps
          current={applied ? 3 : run ? 2 : 0}
          size="small"
          responsive
          items={["下载模板", "上传试算", "核对结果", "写入完成"].map((title) => ({ title: t(title) }))}
        />
      </Panel>
      {!run && <Template kind={kind} uploaded={setRun} />}
      {run && (
        <Panel
          title={t("试算结果")}
          extra={
            <>
              {run.errors.length > 0 && (
                <Button href={`${API}/imports/runs/${run.id}/errors`}>{t("下载错误清单")}</Button>
              )}
              <Button onClick={restart}>{t("重新上传")}</Button>
              {!applied && (
                <Button
                  type="primary"
                  disabled={run.valid === 0}
                  loading={apply.isPending}
                  onClick={() => apply.mutate(run.id)}
                >
                  {t("写入")} {number(run.valid)} {t("行")}
                </Button>
              )}
            </>
          }
        >
          <div className="stack" aria-live="polite">
            <Verdict run={run} applied={applied} />
            <ProblemAlert error={apply.error} />
            {run.unknown_columns.length > 0 && (
              <p className="warn">
                {t("文件中有不认识的列，已忽略")}：{run.unknown_columns.join("、")}
              </p>
            )}
            {run.errors.length > 0 && (
              <PlainTable
                head={[t("行号"), t("列"), t("填写的内容"), t("问题与改法")]}
                rows={run.errors.slice(0, SHOWN_ERRORS).map((fault) => ({
                  key: `${fault.row}-${fault.field}-${fault.message}`,
                  cells: [fault.row, fault.field, fault.value || t("（空）"), fault.message],
                }))}
                empty=""
              />
            )}
            {run.errors.length > SHOWN_ERRORS && <p className="quiet">{t("其余错误见错误清单。")}</p>}
          </div>
        </Panel>
      )}
    </div>
  );
}

function Verdict({ run, applied }: { run: ImportRun; applied: ImportRun | null }) {
  const { t } = useTranslation();
  if (applied) {
    return (
      <Alert
        type="success"
        showIcon
        title={`${t("已写入")} ${number(applied.applied)} ${t("行")}`}
        description={applied.errors.length > 0 ? t("有错误的行没有写入，改正后只需重新上传这些行。") : undefined}
      />
    );
  }
  const wrong = run.rows - run.valid;
  return (
    <Alert
      type={wrong > 0 ? "warning" : "success"}
      showIcon
      title={`${t("共")} ${number(run.rows)} ${t("行")}，${number(run.valid)} ${t("行可以写入")}${wrong > 0 ? `，${number(wrong)} ${t("行有错误")}` : ""}`}
      description={
        wrong > 0
          ? t("可以先写入正确的行；有错误的行不会写入，改正后再传。")
          : t("还没有写入任何内容，核对后点“写入”。")
      }
    />
  );
}

function Template({ kind, uploaded }: { kind: ImportKind; uploaded: (run: ImportRun) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const send = async (file: File | undefined) => {
    if (!file) return;
    setBusy(true);
    setError(null);
    try {
      uploaded(await upload<ImportRun>(`/imports/${kind.kind}?apply=false`, file));
    } catch (refusal) {
      if (refusal instanceof ApiError) setError(refusal);
      else throw refusal;
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel
      title={`${t("导入")}${t(kind.title)}`}
      extra={<Button href={`${API}/imports/${kind.kind}/template`}>{t("下载模板")}</Button>}
    >
      <div className="stack">
        <p>{t("按模板填写后上传 Excel（.xlsx）或 CSV 文件。上传后先试算，列出每个单元格的问题，确认后才写入。")}</p>
        <div>
          <input
            id={id}
            type="file"
            className="file-input"
            accept=".xlsx,.csv"
            disabled={busy}
            onChange={(event) => {
              void send(event.target.files?.[0]);
              event.target.value = "";
            }}
          />
          <label htmlFor={id} className="file-label file-label-primary">
            {busy ? t("正在检查…") : t("选择文件并试算")}
          </label>
        </div>
        <ProblemAlert error={error} />
        <PlainTable
          head={[t("列"), t("必填"), t("规则"), t("示例")]}
          rows={kind.columns.map((column) => ({
            key: column.key,
            cells: [column.title, column.required ? t("必填") : "", column.rule, column.example],
          }))}
          empty=""
        />
      </div>
    </Panel>
  );
}
