//! `anlan user`: what an operator needs before anybody can sign in, and after somebody cannot.
use super::Settings;
use anyhow::{Context, Result, ensure};
use clap::Subcommand;
use platform::auth::{self, Org};
use platform::{Actor, App, Ctx, Role};
use subjects::enterprise::people::NewPerson;
use subjects::government::users::{self, OpenUser};
use uuid::Uuid;

#[derive(Subcommand)]
pub(super) enum User {
    /// 新建账号并授予一个角色；初始密码只显示一次，首次登录须修改
    Add {
        /// 用户名，如 officer@GOV
        username: String,
        /// 所属机构编号
        #[arg(long)]
        org: String,
        /// 角色编号，如 officer、sys_admin
        #[arg(long)]
        role: String,
        /// 姓名
        #[arg(long)]
        name: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// 重设密码；新密码只显示一次
    ResetPassword {
        username: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// 停用账号，立即结束其会话
    Disable {
        username: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// 启用账号并解除锁定
    Enable {
        username: String,
        #[command(flatten)]
        settings: Settings,
    },
}

impl User {
    pub(super) async fn run(self) -> Result<()> {
        let (Self::Add { settings, .. }
        | Self::ResetPassword { settings, .. }
        | Self::Disable { settings, .. }
        | Self::Enable { settings, .. }) = &self;
        let app = crate::node::open(&settings.load()?).await?;
        let result = self.act(&app).await;
        app.stop().await;
        result
    }

    async fn act(self, app: &App) -> Result<()> {
        let ctx = app.ctx(Actor::system());
        match self {
            Self::Add { username, org, role, name, .. } => add(&ctx, &username, &org, &role, &name).await,
            Self::ResetPassword { username, .. } => {
                let password = users::reset_password(&ctx, id(app, &username).await?, Some(REASON)).await?;
                println!("{username} 的新密码（只显示这一次，首次登录须修改）：{password}");
                Ok(())
            }
            Self::Disable { username, .. } => {
                Ok(users::set_disabled(&ctx, id(app, &username).await?, true, Some(REASON)).await?)
            }
            Self::Enable { username, .. } => {
                Ok(users::set_disabled(&ctx, id(app, &username).await?, false, Some(REASON)).await?)
            }
        }
    }
}

/// What the account's timeline says of an act at the command line.
const REASON: &str = "运维人员在命令行办理";

async fn id(app: &App, username: &str) -> Result<Uuid> {
    Ok(auth::find(app.db(), username).await?.with_context(|| format!("没有账号 {username}"))?.id)
}

async fn add(ctx: &Ctx, username: &str, org: &str, role: &str, name: &str) -> Result<()> {
    let org = Org::find(ctx.db(), org).await?.with_context(|| format!("没有机构 {org}：请先登记机构"))?;
    let roles: Vec<&str> = Role::ALL.iter().filter(|r| r.subject() == org.subject).map(|r| r.code()).collect();
    let role = Role::parse(org.subject, role)
        .with_context(|| format!("{}没有角色 {role}，可用：{}", org.subject.name(), roles.join("、")))?;
    ensure!(!name.trim().is_empty(), "姓名不能为空");
    let password = users::first_password(ctx);
    let person = NewPerson { name: name.trim().to_owned(), ..NewPerson::default() };
    let user = OpenUser {
        username: username.to_owned(),
        person_name: name.trim().to_owned(),
        roles: vec![role],
        password_hash: ctx.new_password_hash(username, &password, "password").await?,
        must_change: true,
        ..OpenUser::default()
    };
    users::open_many(ctx, vec![(org, person, user)]).await?;
    println!("已新建 {username}（{}）；初始密码（只显示这一次，首次登录须修改）：{password}", role.name());
    Ok(())
}
