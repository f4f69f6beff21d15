//! Places where an enterprise works, with landlord and tenants (厂中厂), and whether licence and
//! place match (一证多地, 一地多证).
pub(super) mod api;
mod store;

pub(crate) use store::of_enterprise;

use crate::enterprise::checks::{Faults, filled, line, position, region};
use crate::enterprise::register as enterprises;
use crate::enterprise::store as records;
use events::Code;
use events::enterprise::SiteOpened;
use platform::{Ctx, Error, Result};
use serde::Deserialize;
use standards::codes::{Region, normalise};
use utoipa::ToSchema;
use uuid::Uuid;

/// A site as typed into a form.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct SiteForm {
    /// 名称
    pub name: String,
    /// 地址
    pub address: String,
    /// 所在区域的行政区划代码
    pub region: String,
    /// 出租方企业编号（租用厂房时填写）
    pub landlord_id: Option<String>,
    /// 承租企业编号
    #[serde(default)]
    pub tenant_ids: Vec<String>,
    /// 经度（CGCS2000，度）
    pub lon: Option<f64>,
    /// 纬度（CGCS2000，度）
    pub lat: Option<f64>,
    /// 占地面积，平方米
    #[schema(minimum = 0)]
    pub area_m2: Option<i64>,
}

/// A site that keeps the rules of the form.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub id: Uuid,
    pub enterprise: String,
    pub name: String,
    pub address: String,
    pub region: Region,
    pub landlord: Option<String>,
    pub tenants: Vec<String>,
    pub position: Option<(i64, i64)>,
    pub area_m2: Option<u32>,
}

impl Place {
    /// The address as compared: width, spaces and punctuation make no other place.
    pub(crate) fn address_key(&self) -> String {
        normalise(&self.address).chars().filter(|c| c.is_alphanumeric()).collect()
    }
    /// Whether this place and another at the same address declare each other.
    fn declares(&self, other: &Self) -> bool {
        let leases =
            |a: &Self, b: &Self| a.landlord.as_ref() == Some(&b.enterprise) || a.tenants.contains(&b.enterprise);
        leases(self, other) || leases(other, self) || (self.landlord.is_some() && self.landlord == other.landlord)
    }
}

/// Whether licence and place match. `own` are the enterprise's sites, `here` all sites at the
/// address of `site`. Several enterprises at one address are 一地多证 unless they declare each
/// other as landlord and tenant; one enterprise at several addresses is 一证多地.
pub(crate) fn mismatch(site: &Place, own: &[Place], here: &[Place]) -> Option<&'static str> {
    let stranger = here.iter().any(|other| other.enterprise != site.enterprise && !site.declares(other));
    let elsewhere = own.iter().any(|other| other.address_key() != site.address_key());
    match (stranger, elsewhere) {
        (true, _) => Some("一地多证"),
        (false, true) => Some("一证多地"),
        _ => None,
    }
}

impl SiteForm {
    fn check(&self, id: Uuid, enterprise: &str) -> Result<Place> {
        let needed = |text: &str, max| match filled(Some(text)) {
            Some(text) => line(&text, max),
            None => Err("此项必填".to_owned()),
        };
        let mut faults = Faults::default();
        let name = faults.take("name", needed(&self.name, 60));
        let address = faults.take("address", needed(&self.address, 200));
        let region = faults.take("region", region(&self.region));
        let at = match (self.lon, self.lat) {
            (None, None) => Ok(None),
            (Some(lon), Some(lat)) => position(lon, lat).map(Some),
            _ => Err("经度和纬度要同时填写，或都不填".to_owned()),
        };
        let at = faults.take("lon", at);
        let area = self.area_m2.map(|a| u32::try_from(a).map_err(|_| format!("面积应为非负整数平方米，现为 {a}")));
        let area = faults.take("area_m2", area.transpose());
        let place = (|| {
            Some(Place {
                id,
                enterprise: enterprise.to_owned(),
                name: name?,
                address: address?,
                region: region?,
                landlord: filled(self.landlord_id.as_deref()),
                tenants: self.tenant_ids.iter().filter_map(|t| filled(Some(t))).collect(),
                position: at?,
                area_m2: area?,
            })
        })();
        faults.end(place)
    }
}

/// Opens a site of an enterprise the caller may edit.
pub async fn open(ctx: &Ctx, enterprise: &str, form: &SiteForm) -> Result<Uuid> {
    let owner = enterprises::active(ctx, enterprise).await?;
    let place = form.check(ctx.new_id(), enterprise)?;
    refuse_strangers(ctx, &place).await?;
    let mut own = of_enterprise(ctx.db(), enterprise).await?;
    let here = store::at_address(ctx.db(), &[place.address_key()]).await?;
    own.push(place.clone());
    let payload = SiteOpened {
        site: place.id,
        name: place.name.as_str().into(),
        region: place.region.as_str().into(),
        landlord: place.landlord.as_ref().map(Code::from),
        tenants: place.tenants.iter().map(Code::from).collect(),
        lon_e6: place.position.map(|(lon, _)| lon),
        lat_e6: place.position.map(|(_, lat)| lat),
        area_m2: place.area_m2,
        mismatch: mismatch(&place, &own, &here).map(Code::from),
        address: place.address.as_str().into(),
    };
    let mut event = ctx.event(&payload, format!("site/{}", place.id), &owner.placed())?;
    event.site = Some(place.id.to_string());
    let mut tx = ctx.begin().await?;
    store::insert(&mut tx, &place, &owner.profile.sectors).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(place.id)
}

/// Landlord and tenants must be enterprises of the register, and others than the owner.
async fn refuse_strangers(ctx: &Ctx, place: &Place) -> Result<()> {
    let named =
        place.landlord.iter().map(|id| ("landlord_id", id)).chain(place.tenants.iter().map(|id| ("tenant_ids", id)));
    for (field, id) in named {
        if *id == place.enterprise {
            return Err(Error::invalid(field, "不能填本企业自己的编号"));
        }
        if !records::by_id(ctx.db(), id).await?.is_some_and(|e| e.is_active()) {
            return Err(Error::invalid(field, format!("没有编号为“{id}”的在册企业：请先登记该企业，或核对编号")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(enterprise: &str, address: &str, landlord: Option<&str>) -> Place {
        Place {
            id: Uuid::nil(),
            enterprise: enterprise.to_owned(),
            name: String::new(),
            address: address.to_owned(),
            region: Region::parse("990121103").unwrap(),
            landlord: landlord.map(str::to_owned),
            tenants: vec![],
            position: None,
            area_m2: None,
        }
    }

    #[test]
    fn one_licence_in_two_places_is_marked() {
        let (a, b) = (place("E1", "白沙路1号", None), place("E1", "白沙路２号", None));
        assert_eq!(mismatch(&a, &[a.clone(), b.clone()], std::slice::from_ref(&a)), Some("一证多地"));
        let same = place("E1", "白沙路 １号。", None);
        assert_eq!(mismatch(&a, &[a.clone(), same], std::slice::from_ref(&a)), None);
    }

    #[test]
    fn two_licences_in_one_place_are_marked_unless_they_declare_each_other() {
        let (a, b) = (place("E1", "白沙路1号", None), place("E2", "白沙路1号", None));
        assert_eq!(mismatch(&a, std::slice::from_ref(&a), &[a.clone(), b]), Some("一地多证"));
        let tenant = place("E2", "白沙路1号", Some("E1"));
        assert_eq!(mismatch(&a, std::slice::from_ref(&a), &[a.clone(), tenant.clone()]), None);
        let other_tenant = place("E3", "白沙路1号", Some("E1"));
        assert_eq!(mismatch(&tenant, std::slice::from_ref(&tenant), &[tenant.clone(), other_tenant]), None);
    }
}
