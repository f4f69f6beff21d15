//! The command line: what it takes, and where each verb goes. Every command says on stderr what
//! went wrong and what to do, and exits 0 only on success.
mod backup;
mod calc;
mod device;
mod import;
mod user;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, Parser, Subcommand};
use platform::config::{Config, SETTINGS};
use std::process::ExitCode;

/// 安澜：政府、企业、保险机构和服务机构共同使用的安全生产平台
#[derive(Parser)]
#[command(name = "anlan", version, about)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// 启动一个节点
    Serve(Settings),
    /// 计算一条标准条款：输入 JSON 从标准输入读取
    Calc(calc::Calc),
    /// 从 Excel 或 CSV 导入；默认只检查，加 --apply 才写入
    Import(import::Import),
    /// 写出某类导入的空白模板
    Template(import::Template),
    /// 模拟设备、回放录制的传感器文件、演示故事
    #[command(subcommand)]
    Simulate(crate::simulate::Simulate),
    /// 备份正在运行或停止的内嵌节点到一个新文件夹
    Backup(backup::Backup),
    /// 从备份恢复到一个空的数据文件夹
    Restore(backup::Restore),
    /// 升级数据库结构，不启动服务
    Migrate(Settings),
    /// 账号：新建、停用、启用、重设密码
    #[command(subcommand)]
    User(user::User),
    /// 设备：登记、列出、吊销
    #[command(subcommand)]
    Device(device::Device),
    /// 核对：数据库完整性、证据树由原始字节重新推出
    Check(Settings),
    /// 写出 OpenAPI 文件
    Openapi,
    /// 演示节点的工具
    #[command(subcommand)]
    Demo(crate::demo::desk::DemoVerb),
}

/// Every setting as a flag; what is not given comes from file, environment or default.
pub(crate) struct Settings(Vec<(&'static str, String)>);

impl Settings {
    /// Reads the configuration with these flags on top.
    pub(crate) fn load(&self) -> anyhow::Result<Config> {
        Ok(Config::load(std::env::vars(), &self.0)?)
    }
}

impl FromArgMatches for Settings {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut given = vec![];
        for setting in SETTINGS {
            let value = match setting.key {
                "demo" => matches.get_flag("demo").then(|| "true".to_owned()),
                key => matches.get_one::<String>(key).cloned(),
            };
            given.extend(value.map(|v| (setting.key, v)));
        }
        given.extend(matches.get_one::<String>("config").cloned().map(|v| ("config", v)));
        Ok(Self(given))
    }
    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Settings {
    fn augment_args(command: Command) -> Command {
        let command = command.arg(Arg::new("config").long("config").value_name("FILE").help("TOML 设置文件"));
        SETTINGS.iter().fold(command, |command, setting| {
            let flag = setting.flag().trim_start_matches('-').to_owned();
            let arg = Arg::new(setting.key).long(flag).help(setting.meaning);
            command.arg(if setting.key == "demo" {
                arg.action(clap::ArgAction::SetTrue)
            } else {
                arg.value_name("VALUE")
            })
        })
    }
    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Runs the command line of this process.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    let result = match cli.verb {
        Verb::Calc(verb) => return verb.run(),
        Verb::Serve(settings) => serve(&settings).await,
        Verb::Migrate(settings) => migrate(&settings).await,
        Verb::Check(settings) => check(&settings).await,
        Verb::Import(verb) => verb.run().await,
        Verb::Template(verb) => verb.run(),
        Verb::Simulate(verb) => verb.run().await,
        Verb::Backup(verb) => verb.run().await,
        Verb::Restore(verb) => verb.run().await,
        Verb::User(verb) => verb.run().await,
        Verb::Device(verb) => verb.run().await,
        Verb::Openapi => openapi().await,
        Verb::Demo(verb) => verb.run().await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("anlan: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(settings: &Settings) -> anyhow::Result<()> {
    let config = settings.load()?;
    start_log(&config)?;
    crate::serve::run(config).await
}

fn start_log(config: &Config) -> anyhow::Result<()> {
    use platform::config::LogFormat;
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log_filter)?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Json => log.json().init(),
        LogFormat::Text => log.init(),
    }
    Ok(())
}

async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    let app = crate::node::open(&settings.load()?).await?;
    println!("数据库结构已是最新（{}）", app.db().engine());
    app.stop().await;
    Ok(())
}

async fn check(settings: &Settings) -> anyhow::Result<()> {
    let app = crate::node::open(&settings.load()?).await?;
    let faults = app.db().integrity().await?;
    anyhow::ensure!(faults.is_empty(), "数据库文件损坏：{}；请从备份恢复", faults.join("；"));
    let head = platform::spine::rederive(app.db()).await?;
    let misfits = platform::spine::misfits(app.db()).await?;
    anyhow::ensure!(misfits.is_empty(), "事件表的列与原始字节不符：{misfits:?}；有人改动过数据库");
    println!("数据库完整；证据树 {} 条，由原始字节重新推出的根为 {}", head.size, head.root);
    app.stop().await;
    Ok(())
}

async fn openapi() -> anyhow::Result<()> {
    println!("{}", crate::openapi_json().await?);
    Ok(())
}
