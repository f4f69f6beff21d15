import { useGet } from "@api/hooks";
import { AppLink, useQuery, useSetQuery } from "@kit/nav";
import { Page } from "@kit/Page";
import { EmptyNext, ProblemAlert } from "@kit/Problem";
import { usePrefs } from "@kit/prefs";
import { StatusTag } from "@kit/tags";
import { Button, Input, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Frame } from "./Frame";
import { byGroup, matches, type RuleLine } from "./schema";

/** Every rule that can be computed, by subject, with the clause it stands on. */
export default function CalcList() {
  const { t } = useTranslation();
  const { lang } = usePrefs();
  const { q = "" } = useQuery();
  const setQuery = useSetQuery();
  const { data, error, isPending, refetch } = useGet("/calc");
  const rules = (data ?? []) as unknown as RuleLine[];
  const found = rules.filter((rule) => matches(rule, q));
  const title = (rule: RuleLine) => (lang === "en" ? rule.title_en : rule.title);
  return (
    <Frame>
      <Page title={t("安全生产计算器")} note={t("标准和法规中可以计算的条款，任何人都可以使用，结果注明条款和版本")}>
        <Input.Search
          aria-label={t("查找规则")}
          placeholder={t("查找规则：名称、标准号或条款")}
          allowClear
          size="large"
          defaultValue={q}
          onChange={(event) => setQuery({ q: event.target.value }, { replace: true })}
        />
        {isPending && <Skeleton active />}
        <ProblemAlert error={error} retry={() => void refetch()} />
        {data && found.length === 0 && (
          <EmptyNext
            text={t("没有找到这样的规则：换一个词，或清空查找框查看全部。")}
            action={<Button onClick={() => setQuery({ q: undefined })}>{t("查看全部")}</Button>}
          />
        )}
        <div>
          {byGroup(found).map((group) => (
            <section className="calc-group" key={group[0]?.group}>
              <h2>{lang === "en" ? group[0]?.group_en : group[0]?.group}</h2>
              <ul className="calc-list">
                {group.map((rule) => (
                  <li key={rule.name}>
                    <AppLink to={`/calc/${rule.name}`}>
                      <strong>{title(rule)}</strong>{" "}
                      {rule.rule.confidence === "unconfirmed" && <StatusTag tone="warn">{t("未经核实")}</StatusTag>}
                      <small>
                        {rule.rule.standard} {rule.rule.clause}
                      </small>
                    </AppLink>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
      </Page>
    </Frame>
  );
}
