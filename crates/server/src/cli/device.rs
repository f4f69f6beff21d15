//! `anlan device`: keys of devices, printed once.
use super::Settings;
use anyhow::Result;
use clap::Subcommand;
use lines::online::all_devices;
use lines::online::api::{NewDevice, add_device, revoke_device};
use platform::Actor;

#[derive(Subcommand)]
pub(super) enum Device {
    /// 登记一台设备；口令只显示这一次
    Add {
        /// 设备编号，也是 MQTT 的 client id
        id: String,
        /// 所属企业
        #[arg(long)]
        enterprise: String,
        /// 名称或安装位置；不填则用编号
        #[arg(long)]
        name: Option<String>,
        /// 以 JSON 输出 client_id、username、password
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        settings: Settings,
    },
    /// 列出设备
    List {
        /// 以 JSON 输出
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        settings: Settings,
    },
    /// 吊销设备密钥，立即断开
    Revoke {
        id: String,
        /// 原因
        #[arg(long, default_value = "管理员吊销")]
        reason: String,
        #[command(flatten)]
        settings: Settings,
    },
}

impl Device {
    pub(super) async fn run(self) -> Result<()> {
        let (Self::Add { settings, .. } | Self::List { settings, .. } | Self::Revoke { settings, .. }) = &self;
        let app = crate::node::open(&settings.load()?).await?;
        let ctx = app.ctx(Actor::system());
        match self {
            Self::Add { id, enterprise, name, json, .. } => {
                let name = name.unwrap_or_else(|| format!("设备 {id}"));
                let form = NewDevice { id, name, enterprise, model: None, calibration_valid_to: None };
                let key = add_device(&ctx, &form).await?;
                if json {
                    println!(
                        "{}",
                        serde_json::json!({"client_id": key.client_id, "username": key.username, "password": key.password})
                    );
                } else {
                    println!(
                        "设备 {} 已登记\n  client id {}\n  用户名    {}\n  口令      {}（只显示这一次）",
                        key.id, key.client_id, key.username, key.password
                    );
                }
            }
            Self::List { json, .. } => {
                let devices = all_devices(ctx.db()).await?;
                let state = |active: bool| if active { "在用" } else { "已吊销" };
                if json {
                    let rows: Vec<_> = devices
                        .iter()
                        .map(|d| serde_json::json!({"id": d.id, "enterprise": d.placed.enterprise, "active": d.active}))
                        .collect();
                    println!("{}", serde_json::to_string_pretty(&rows)?);
                } else {
                    for device in &devices {
                        println!("{:<32} {:<10} {}", device.id, device.placed.owner, state(device.active));
                    }
                }
            }
            Self::Revoke { id, reason, .. } => {
                revoke_device(&ctx, &id, &reason).await?;
                println!("设备 {id} 已吊销");
            }
        }
        app.stop().await;
        Ok(())
    }
}
