//! Trainings of judges that the bench compares: each is kept in a folder when it is finished, and not run again.

pub mod arm;
pub mod kept;
pub mod record;
pub mod run;
pub mod watch;

pub use arm::{Arm, Group};
pub use record::{EpochRecord, RunRecord};
pub use run::Run;
pub use watch::Watch;
