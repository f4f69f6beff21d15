//! What people on site call their measuring points.
use super::county::Sensor;

const UNITS: [(&str, &str); 25] = [
    ("tank_pressurised", "压力储罐"),
    ("tank_liquid", "液体储罐"),
    ("reactor", "反应釜"),
    ("gas_toxic_cl2", "氯气探头"),
    ("gas_toxic_nh3", "氨气探头"),
    ("gas_toxic_h2s", "硫化氢探头"),
    ("gas_toxic_co", "一氧化碳探头"),
    ("gas_combustible", "可燃气体探头"),
    ("gas_network", "管网监测点"),
    ("gate_people", "区域门禁"),
    ("duty_camera", "值守摄像头"),
    ("mine_env", "井下环境站"),
    ("mine_people", "井下人员定位"),
    ("hoist", "施工升降机"),
    ("tower_crane", "塔式起重机"),
    ("welder_chip", "电焊机芯片"),
    ("slope", "边坡监测点"),
    ("tailings", "尾矿坝"),
    ("furnace_eaf", "电弧炉"),
    ("casting_well", "铸造井"),
    ("dust_collector", "除尘器"),
    ("confined_portable", "便携四合一"),
    ("nh3_compressor", "氨压缩机"),
    ("vehicle", "车载终端"),
    ("battery_room", "电池舱"),
];

const METRICS: [(&str, &str); 47] = [
    ("level", "液位"),
    ("temperature", "温度"),
    ("pressure", "压力"),
    ("agitator_current", "搅拌电流"),
    ("coolant_flow", "冷却水流量"),
    ("cl2", "氯气浓度"),
    ("nh3", "氨浓度"),
    ("h2s", "硫化氢浓度"),
    ("co", "一氧化碳浓度"),
    ("o2", "氧含量"),
    ("lel", "可燃气体浓度"),
    ("lel_manhole", "窨井可燃气体浓度"),
    ("lel_at_work", "作业点可燃气体浓度"),
    ("h2", "氢气浓度"),
    ("zone_count", "区域人数"),
    ("post_occupied", "在岗"),
    ("lens_blocked", "镜头遮挡"),
    ("air_velocity", "风速"),
    ("underground_count", "井下人数"),
    ("leader_present", "领导带班"),
    ("load_ratio", "载重比"),
    ("overspeed", "超速"),
    ("operator_match", "操作人员认证"),
    ("moment_ratio", "力矩比"),
    ("load", "吊重"),
    ("wind", "风速"),
    ("power_on", "通电"),
    ("surface_displacement", "表面位移速率"),
    ("phreatic_line", "浸润线埋深"),
    ("beach_length", "干滩长度"),
    ("pond_level", "库水位"),
    ("rain_24h", "二十四小时降雨量"),
    ("cooling_water_dT", "冷却水温差"),
    ("cooling_water_flow", "冷却水流量"),
    ("cooling_water_pressure", "冷却水压力"),
    ("leak_probe", "泄漏探针"),
    ("drain_valve_ready", "排放阀就绪"),
    ("diff_pressure", "压差"),
    ("inlet_temperature", "入口温度"),
    ("spark_count", "火花数"),
    ("fan_running", "风机运行"),
    ("discharge_pressure", "排气压力"),
    ("discharge_temperature", "排气温度"),
    ("speed", "车速"),
    ("fatigue_score", "疲劳评分"),
    ("cell_max_temperature", "电芯最高温度"),
    ("smoke", "烟雾"),
];

/// `17 号氯气探头氯气浓度`.
pub fn of(sensor: &Sensor) -> String {
    let word =
        |list: &[(&str, &'static str)], key: &str| list.iter().find(|(k, _)| *k == key).map_or("", |(_, word)| word);
    format!("{} 号{}{}", sensor.unit_no, word(&UNITS, &sensor.template), word(&METRICS, &sensor.metric))
}

#[cfg(test)]
mod tests {
    use super::super::county::Demo;
    use super::*;

    #[test]
    fn every_point_of_the_county_has_a_name_people_use() {
        for sensor in Demo::read().unwrap().sensors {
            assert!(UNITS.iter().any(|(k, _)| *k == sensor.template), "{}", sensor.template);
            assert!(METRICS.iter().any(|(k, _)| *k == sensor.metric), "{}", sensor.metric);
        }
        let demo = Demo::read().unwrap();
        let first = demo.sensors.iter().find(|s| s.tag == "E001-gas_toxic_cl2-17-cl2").unwrap();
        assert_eq!(of(first), "17 号氯气探头氯气浓度");
    }
}
