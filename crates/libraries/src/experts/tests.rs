//! Stories of the library, through the HTTP router on both databases.
