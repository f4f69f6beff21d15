import { dateTimeSeconds, number } from "@kit/format";
import { useLog } from "@kit/logStage";
import { AppLink } from "@kit/nav";
import { Page, Panel } from "@kit/Page";
import { ProblemAlert } from "@kit/Problem";
import { Alert, Skeleton, Tag } from "antd";
import { useTranslation } from "react-i18next";

const LIGHTS: Record<string, [color: string, words: string]> = {
  lit: ["green", "已亮"],
  behind: ["orange", "落后"],
  dark: ["default", "未亮"],
};

/** What the evidence log has reached, which witnesses have signed, and whose machines hold their keys. */
export default function LogPage() {
  const { t } = useTranslation();
  const { data, error, refetch } = useLog();
  const steps: [string, number, string | null | undefined][] = data
    ? [
        [t("已保存"), data.stored, null],
        [t("已入账"), data.signed, data.signed_at],
        [t("已见证"), data.witnessed, data.witnessed_at],
        [t("已锚定"), data.anchored, data.anchored_at],
      ]
    : [];
  return (
    <Page
      title={t("存证日志")}
      note={t("每条记录先保存，再入账、见证、锚定；任何一方改动历史，其他各方手中的检查点都能揭穿")}
      extra={<AppLink to="/verify">{t("核验案卷包")}</AppLink>}
    >
      <ProblemAlert error={error} retry={() => void refetch()} />
      {!data && !error && <Skeleton active />}
      {data && data.standing !== "signing" && (
        <Alert type={data.standing === "checking" ? "info" : "error"} showIcon title={data.words} />
      )}
      {data && (
        <>
          <Panel title={t("进度")}>
            <dl className="pairs">
              {steps.map(([label, size, at]) => (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd>
                    <span className="num">{number(size)}</span>
                    {at && <small>{dateTimeSeconds(at)}</small>}
                  </dd>
                </div>
              ))}
            </dl>
          </Panel>
          <Panel title={t("见证方")}>
            {data.witnesses.length === 0 && (
              <p className="quiet">
                {t("还没有见证方：由四方商定政策文件，放在数据文件夹的 log/policy.txt，重启后生效")}
              </p>
            )}
            {data.witnesses.length > 0 && (
              <p className="quiet">
                {t("{{k}} 方签名才算见证；须有 {{d}} 方与日志串通才能伪造两套历史；{{o}} 方离线不影响", {
                  k: data.quorum,
                  d: data.to_split,
                  o: data.may_be_offline,
                })}
              </p>
            )}
            <dl className="pairs">
              {data.witnesses.map((witness) => {
                const [color = "default", words = ""] = LIGHTS[witness.light] ?? [];
                return (
                  <div key={witness.name}>
                    <dt>
                      <Tag color={color}>{t(words)}</Tag> {witness.name}
                    </dt>
                    <dd>
                      {witness.holder || witness.key}
                      {witness.same_machine && <small>{t("与本节点同一台机器：仅供演示，不能作为独立见证")}</small>}
                      <small>
                        {t("见证到")} <span className="num">{number(witness.size)}</span>{" "}
                        {witness.signed_at && dateTimeSeconds(witness.signed_at)}
                      </small>
                      {witness.refusal && <small>{witness.refusal}</small>}
                    </dd>
                  </div>
                );
              })}
            </dl>
          </Panel>
          <Panel title={t("政策文件")}>
            <p className="quiet">{t("请与您合同中的那份核对；核验案卷时只用您自己的那份")}</p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
            <pre className="mono entry" tabIndex={0}>
              {data.policy}
            </pre>
          </Panel>
        </>
      )}
    </Page>
  );
}
