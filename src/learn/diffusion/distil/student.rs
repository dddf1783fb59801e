//! What a student is made of.

use super::Settings;
use super::trajectories::Trajectory;
use crate::file::File;
use crate::header::ModelHeader;
use crate::training::TrainingConfig;

/// What a trainer is constructed from.
pub struct StudentInputs<'a> {
    /// The teacher.
    pub teacher: &'a File,
    /// The student's header; its settings say how it samples.
    pub student: &'a ModelHeader,
    /// Settings of the distillation.
    pub settings: Settings,
    /// Trajectories to learn from.
    pub data: Vec<Trajectory>,
    /// Trajectories to validate on.
    pub held: Vec<Trajectory>,
    /// Training configuration.
    pub plan: &'a TrainingConfig,
}
