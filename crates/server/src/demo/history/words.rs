//! What people wrote down as cause and measure.
use super::super::county::Sensor;
use super::super::seeded::Chance;

/// Cause and measure of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// Code of the cause.
    pub cause: &'static str,
    /// What happened.
    pub text: &'static str,
    /// What was done.
    pub measure: &'static str,
}

const fn says(cause: &'static str, text: &'static str, measure: &'static str) -> Words {
    Words { cause, text, measure }
}

const GAS: &[Words] = &[
    says("leak", "法兰垫片渗漏，便携仪现场复测与探头一致", "关闭前后阀门，更换垫片，复测合格后恢复"),
    says("operation", "取样后取样阀未关严，探头处浓度短时升高", "关严取样阀，通风吹扫，班前会通报"),
    says("instrument", "探头零点漂移，便携仪复测未检出", "重新标定探头，登记标定记录"),
    says("maintenance", "检修拆卸管线时残余气体逸出", "暂停作业，重新置换并分析合格后继续"),
];
const LEVEL: &[Words] = &[
    says("operation", "卸车时未及时切换储罐，液位偏高", "停止进料并切换储罐，重申液位确认制度"),
    says("process", "下游用量减少，液位缓慢上升", "调整进料量，液位回到正常范围"),
    says("instrument", "液位计引压管堵塞，读数偏差", "吹扫引压管，与就地液位计核对一致"),
];
const HEAT: &[Words] = &[
    says("process", "投料偏快，温度上冲", "降低投料速度，加大冷却水量"),
    says("equipment", "换热器结垢，冷却效果下降", "切换备用换热器，安排清洗"),
    says("weather", "午后气温高，散热不足", "开启喷淋降温，加强巡检"),
];
const PRESSURE: &[Words] = &[
    says("equipment", "调压阀卡涩，压力波动", "切换旁路，检修调压阀"),
    says("process", "负荷变化大，压力短时越限", "调整负荷，压力恢复平稳"),
];
const FLOW: &[Words] = &[
    says("equipment", "冷却水泵入口滤网堵塞，流量下降", "切换备用泵，清理滤网"),
    says("power", "电网晃电，水泵跳停后自启", "确认自启成功，检查电源切换装置"),
];
const PEOPLE: &[Words] = &[
    says("operation", "交接班时两班人员同时在区域内", "错开交接时间，控制区域人数"),
    says("instrument", "识别摄像头逆光，判断有误", "调整摄像头角度，人工核对在岗"),
];
const MACHINE: &[Words] = &[
    says("operation", "起吊时接近额定载荷，操作人员已停止", "重新核算吊装方案，分次起吊"),
    says("equipment", "传感器接线松动，数值跳变", "紧固接线并试运行正常"),
    says("weather", "阵风超过限值，设备停止作业", "人员撤离至安全位置，风小后恢复"),
];
const DUST: &[Words] = &[
    says("equipment", "滤袋积灰，压差偏高", "启动反吹清灰，更换破损滤袋"),
    says("maintenance", "清理管道积尘后短时波动", "观察三十分钟，数值恢复正常"),
];
const DRIVER: &[Words] = &[
    says("operation", "驾驶员超速行驶，已语音提醒", "约谈驾驶员，当日安全教育"),
    says("operation", "连续驾驶疲劳预警，已就近停车休息", "更换驾驶员，检查排班"),
];
const GROUND: &[Words] = &[
    says("weather", "降雨后位移速率增大", "加密监测，撤离坡脚人员，雨后复核"),
    says("process", "排放量增加，水位上升", "减少排放，打开排水设施"),
];

/// The words for an alarm at this sensor.
pub fn of(sensor: &Sensor, chance: &mut Chance) -> Words {
    let list = match (sensor.template.as_str(), sensor.metric.as_str()) {
        ("vehicle", _) => DRIVER,
        ("hoist" | "tower_crane" | "welder_chip" | "casting_well", "load_ratio" | "moment_ratio" | "load" | "wind") => {
            MACHINE
        }
        ("dust_collector", "diff_pressure" | "spark_count") => DUST,
        ("slope" | "tailings", _) => GROUND,
        ("gate_people" | "duty_camera" | "mine_people", _) | (_, "operator_match") => PEOPLE,
        (_, "level") => LEVEL,
        (_, "lel" | "lel_manhole" | "lel_at_work" | "cl2" | "co" | "h2s" | "nh3" | "o2" | "h2") => GAS,
        (_, "pressure" | "discharge_pressure" | "cooling_water_pressure") => PRESSURE,
        (_, "cooling_water_flow" | "coolant_flow" | "air_velocity") => FLOW,
        (_, m) if m.contains("temperature") || m.ends_with("dT") => HEAT,
        _ => MACHINE,
    };
    let first = says("process", "工况波动，数值短时越限", "调整操作，数值恢复正常");
    chance.of_list(list).copied().unwrap_or(first)
}
