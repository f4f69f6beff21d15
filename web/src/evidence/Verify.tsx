import { Page, Panel } from "@kit/Page";
import { Alert, Button } from "antd";
import dayjs from "dayjs";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Invalid } from "./bytes";
import { type CaseReport, verifyCase } from "./verify";
import { unzip } from "./zip";

type Outcome = { report: CaseReport } | { refusal: string };

/** Checks a case bundle in this browser alone: nothing is sent anywhere, no sign-in is needed. */
export default function Verify() {
  const { t } = useTranslation();
  const [policy, setPolicy] = useState<File>();
  const [bundle, setBundle] = useState<File>();
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState(false);
  const check = async () => {
    if (!policy || !bundle) return;
    setBusy(true);
    try {
      const own = new Uint8Array(await policy.arrayBuffer());
      const files = await unzip(new Uint8Array(await bundle.arrayBuffer()));
      setOutcome({ report: await verifyCase(own, files) });
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      setOutcome({ refusal: `${t(error.what)}：${t(error.why)}` });
    } finally {
      setBusy(false);
    }
  };
  const choose = (set: (file: File | undefined) => void) => (file: File | undefined) => {
    set(file);
    setOutcome(undefined);
  };
  return (
    <main style={{ maxWidth: 960, margin: "0 auto", padding: 16 }}>
      <Page title={t("核验案卷包")} note={t("全部在本机浏览器中核验，不上传任何内容，断网也可使用")}>
        <Panel title={t("两份文件")}>
          <div className="stack">
            <Choice
              label={t("政策文件：取自您自己的合同或约定，不要用案卷包里的")}
              accept=".txt,text/plain"
              choose={choose(setPolicy)}
            />
            <Choice label={t("案卷包（zip）")} accept=".zip,application/zip" choose={choose(setBundle)} />
            <div>
              <Button type="primary" disabled={!policy || !bundle} loading={busy} onClick={() => void check()}>
                {t("核验")}
              </Button>
            </div>
          </div>
        </Panel>
        {outcome && "refusal" in outcome && (
          <Alert type="error" showIcon title={t("无效")} description={outcome.refusal} />
        )}
        {outcome && "report" in outcome && <Report report={outcome.report} />}
      </Page>
    </main>
  );
}

function Choice({
  label,
  accept,
  choose,
}: {
  label: string;
  accept: string;
  choose: (file: File | undefined) => void;
}) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>{label}</label>
      <div>
        <input id={id} type="file" accept={accept} onChange={(event) => choose(event.target.files?.[0])} />
      </div>
    </div>
  );
}

const clock = (seconds: bigint) => dayjs(Number(seconds) * 1000).format("YYYY-MM-DD HH:mm:ss");

function Report({ report: { head, entries, samePolicy } }: { report: CaseReport }) {
  const { t } = useTranslation();
  const times = head.cosigners.map((c) => c.time);
  const earliest = times.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
  return (
    <>
      <Alert type="success" showIcon title={t("有效：{{n}} 条全部核验通过", { n: entries.length })} />
      {!samePolicy && <Alert type="warning" showIcon title={t("案卷包自带的政策与您的不同；核验只依据您的政策")} />}
      <Panel title={t("证明了什么")}>
        <dl className="pairs">
          <div>
            <dt>{t("日志")}</dt>
            <dd className="mono">{head.origin}</dd>
          </div>
          <div>
            <dt>{t("日志条数")}</dt>
            <dd className="num">{head.size.toString()}</dd>
          </div>
          <div>
            <dt>{t("见证")}</dt>
            <dd>
              {head.cosigners.length}/{head.witnesses}
              {head.cosigners.map((c) => (
                <small key={c.name}>
                  {c.name}（{c.key}）{clock(c.time)}
                </small>
              ))}
            </dd>
          </div>
          <div>
            <dt>{t("最迟于此时已存在")}</dt>
            <dd>{earliest === undefined ? t("没有见证，无法证明时间") : clock(earliest)}</dd>
          </div>
        </dl>
        <p className="quiet">{t("没有证明：条目在写入时是否属实、是否完整；请结合来源与其他证据判断")}</p>
      </Panel>
      <Panel title={t("条目")}>
        {entries.map((entry) => (
          <details key={entry.index.toString()}>
            <summary>
              #{(entry.index + 1n).toString()} {String(entry.event.type ?? "")} {String(entry.event.time ?? "")}
              {entry.withheld > 0 && ` · ${t("{{n}} 项未披露或已删除", { n: entry.withheld })}`}
            </summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
            <pre className="mono entry" tabIndex={0}>
              {JSON.stringify(entry.data, null, 2)}
            </pre>
          </details>
        ))}
      </Panel>
    </>
  );
}
