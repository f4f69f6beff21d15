//! The list of everything: the portal pages, subjects, libraries, lines and the fifteen systems.
use platform::Part;

/// All parts in the order of their migrations.
pub fn all() -> Vec<&'static Part> {
    let lists: [&[&'static Part]; 5] =
        [&[&crate::pages::PART], subjects::ALL, libraries::ALL, lines::ALL, systems::ALL];
    lists.concat()
}
