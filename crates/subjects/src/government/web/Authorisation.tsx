import { CheckOutlined, PrinterOutlined } from "@ant-design/icons";
import { useGet } from "@api/hooks";
import { Page, Panel } from "@kit/Page";
import { ProblemAlert } from "@kit/Problem";
import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SUBJECT_OPTIONS } from "./words";

/** Role by action by part, as the program itself holds it: who may do what. */
export default function Authorisation() {
  const { t } = useTranslation();
  const [subject, setSubject] = useState<string>("government");
  const { data, error, refetch } = useGet("/authorisation");
  const roles = (data?.roles ?? []).filter((role) => role.subject === subject);
  const rows = (data?.rows ?? []).filter((row) => row.subject === subject);
  return (
    <Page
      title={t("授权矩阵")}
      note={t("由程序中的授权声明生成；具体能看到哪些数据还取决于管辖区域、行业和授权期限")}
      extra={
        <>
          <Select
            aria-label={t("主体")}
            value={subject}
            onChange={setSubject}
            options={SUBJECT_OPTIONS.map((each) => ({ ...each, label: t(each.label) }))}
            style={{ minWidth: 150 }}
          />
          <Button icon={<PrinterOutlined />} onClick={() => window.print()}>
            {t("打印")}
          </Button>
        </>
      }
    >
      <ProblemAlert error={error} retry={() => void refetch()} />
      <Panel>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
        <section className="scroll-x matrix" tabIndex={0} aria-label={t("授权矩阵")}>
          <table className="plain-table">
            <thead>
              <tr>
                <th scope="col">{t("部分")}</th>
                <th scope="col">{t("操作")}</th>
                {roles.map((role) => (
                  <th key={role.id} scope="col">
                    {t(role.name)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, at) => (
                <tr key={`${row.part}.${row.action}`}>
                  {rows[at - 1]?.part === row.part ? <td /> : <th scope="row">{row.part_name}</th>}
                  <td>{row.action_name}</td>
                  {roles.map((role) => (
                    <td key={role.id} className="matrix-cell">
                      {row.roles.includes(role.id) ? (
                        <CheckOutlined className="good" aria-label={t("可以")} />
                      ) : (
                        <span aria-hidden="true">·</span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </Panel>
    </Page>
  );
}
