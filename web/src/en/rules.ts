/** English words of the rules that run on the phone. */
export default {
  小时: "hours",
  年: "years",
  接触限值: "exposure limit",
  特级: "Special class",
  氧: "Oxygen",
  "扣除天数应为 0 到 3650 的整数": "Days deducted must be a whole number from 0 to 3650",
  只有按日计算的期限可以扣除天数: "Days can only be deducted from a period in days",
  "请填写日期或北京时间，如 2026-11-23 或 2026-11-23T08:30:00+08:00":
    "Give a day or Beijing time, such as 2026-11-23 or 2026-11-23T08:30:00+08:00",
  "按小时计算的期限须给出时刻，如 2026-11-23T08:30:00+08:00":
    "A period in hours needs a time, such as 2026-11-23T08:30:00+08:00",
  "请只填一种气体：有毒、可燃或氧气": "Give one kind of gas only: toxic, combustible or oxygen",
  "浓度应为不小于 0 的数": "The concentration must be a number not below 0",
  "体积分数不能超过 100%": "The volume fraction cannot exceed 100%",
  "单位应为 mg/m3 或 ppm": "The unit must be mg/m3 or ppm",
  请填写浓度单位: "Give the unit of the concentration",
  "直接致害浓度（IDLH）": "IDLH",
  作业不分级: ": this kind of work has no grades",
  "体积分数应在 0—100% 之间": "The volume fraction must be between 0 and 100%",
  "须给出该气体的爆炸下限（体积分数，%）": "Give the lower explosive limit of the gas (vol %)",
  至少给出一项分析结果: "Give at least one reading",
  可燃气体: "Combustible gas",
  "分级表没有覆盖这个 D 值": "The bands do not cover this D",
  没有收录适用的版本: "No edition on record applies",
  "没有适用的规则：名称不对，或在所给日期、地区没有施行的版本":
    "No rule applies: wrong name, or no edition in force on that day and place",
};
