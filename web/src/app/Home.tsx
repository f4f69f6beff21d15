import { useGet } from "@api/hooks";
import type { HomeCard } from "@api/types";
import { Clock } from "@kit/Clock";
import { dateTime } from "@kit/format";
import { AppLink } from "@kit/nav";
import { Page } from "@kit/Page";
import { ProblemAlert } from "@kit/Problem";
import { StatNumber } from "@kit/StatNumber";
import { TaskQueue } from "@kit/TaskQueue";
import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { useSession } from "./session";

/** Figures that stand above the queue; the other cards follow below it. */
const FIGURES = 7;

/** The first page of every role: its queue, what is due and why, and what the parts show besides. */
export default function Home() {
  const { t } = useTranslation();
  const session = useSession();
  const { data, error, refetch, isPending } = useGet("/home", { live: [""], every: 60_000 });
  const cards = data?.cards ?? [];
  const numbers = cards.filter((card) => has(card.value) && !card.items?.length);
  const figures = numbers.slice(0, FIGURES - 2);
  const rest = cards.filter((card) => !figures.includes(card));
  return (
    <Page
      title={t("工作台")}
      note={`${session.person} · ${session.org.name} · ${session.roles.map((role) => t(role.name)).join("、")}`}
    >
      <ProblemAlert error={error} retry={() => void refetch()} />
      {isPending && !error && <Skeleton active />}
      {data && (
        <section className="panel numbers" aria-label={t("关键数据")}>
          <StatNumber label={t("待办事项")} value={data.tasks} unit={t("项")} link="/" />
          <StatNumber
            label={t("其中逾期")}
            value={data.overdue}
            unit={t("项")}
            tone={data.overdue > 0 ? "bad" : "good"}
            link="/?overdue=true"
          />
          {figures.map((card) => (
            <StatNumber
              key={card.key}
              label={t(card.title)}
              value={card.value}
              unit={card.unit}
              tone={card.tone}
              link={card.link}
              note={card.note}
            />
          ))}
        </section>
      )}
      {data && <TaskQueue shares={data.shares} />}
      <div className="work">
        {rest.map((card) => (
          <Card key={card.key} card={card} />
        ))}
      </div>
    </Page>
  );
}

function has(value: unknown): boolean {
  return value !== null && value !== undefined && value !== "";
}

function Card({ card }: { card: HomeCard }) {
  const { t } = useTranslation();
  const items = card.items ?? [];
  return (
    <section className="panel card">
      <div className="card-head">
        <h2>{t(card.title)}</h2>
        {card.link && (
          <AppLink to={card.link} aria-label={`${t("查看")} ${t(card.title)}`}>
            {t("查看")}
          </AppLink>
        )}
      </div>
      {has(card.value) && (
        <StatNumber label={card.note ?? ""} value={card.value} unit={card.unit} tone={card.tone} link={card.link} />
      )}
      {!has(card.value) && card.note && <p className="quiet">{card.note}</p>}
      {items.length > 0 && (
        <ul className="card-items">
          {items.map((item) => (
            <li key={`${item.link ?? ""}${item.title}${item.at ?? ""}`}>
              <div className="card-line">
                {item.link ? <AppLink to={item.link}>{item.title}</AppLink> : <span>{item.title}</span>}
                {item.due_at ? (
                  <Clock due={item.due_at} />
                ) : (
                  item.at && <span className="quiet chip">{dateTime(item.at)}</span>
                )}
              </div>
              {item.subtitle && <div className={item.tone === "plain" ? "quiet" : item.tone}>{item.subtitle}</div>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
