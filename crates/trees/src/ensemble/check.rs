//! Whether an ensemble from outside is sound, so that nothing that uses it can go astray.

use super::{Ensemble, Link, Tree};
use crate::Error;

fn broken(place: impl Into<String>, problem: &'static str) -> Error {
    Error::Broken { place: place.into(), problem }
}

impl Ensemble {
    /// An error for lists of unequal lengths, indices out of range, nodes with no or several parents, numbers that are not
    /// finite, and covers that do not add up. To be called on an ensemble that was read, before anything else.
    pub fn check(&self) -> Result<(), Error> {
        let outputs = self.outputs as usize;
        if self.features == 0 || outputs == 0 {
            return Err(broken("the ensemble", "has no features or no outputs"));
        }
        if self.base.len() != outputs {
            return Err(broken("the base", "does not have one number an output"));
        }
        if !self.base.iter().all(|value| value.is_finite()) || !self.scale.is_finite() {
            return Err(broken("the base or the scale", "is not finite"));
        }
        if self.link == Link::Softmax && outputs == 1 {
            return Err(broken("the link", "needs several outputs"));
        }
        self.trees.iter().enumerate().try_for_each(|(number, tree)| {
            let place = format!("tree {number}");
            tree.check_lists(outputs).map_err(|problem| broken(place.as_str(), problem))?;
            let node = |(at, problem)| broken(format!("{place}, node {at}"), problem);
            tree.check_nodes(self.features).map_err(node)
        })
    }
}

impl Tree {
    fn check_lists(&self, outputs: usize) -> Result<(), &'static str> {
        let nodes = self.nodes();
        let lengths = [self.feature.len(), self.threshold.len(), self.missing_left.len(), self.cover.len()];
        if nodes == 0 || nodes > u32::MAX as usize {
            return Err("has no nodes or too many");
        }
        if lengths.iter().any(|length| *length != nodes) || self.gain.len() != nodes {
            return Err("has lists of unequal lengths");
        }
        let single = self.value.len() == nodes && (self.output as usize) < outputs;
        let several = outputs > 1 && self.output == 0 && nodes.checked_mul(outputs) == Some(self.value.len());
        if !single && !several {
            return Err("does not have one value a node for an output that exists, or one for each output");
        }
        Ok(())
    }

    fn check_nodes(&self, features: u32) -> Result<(), (usize, &'static str)> {
        let nodes = self.nodes();
        let width = self.value.len() / nodes;
        let mut has_parent = vec![false; nodes];
        has_parent[0] = true;
        for at in 0..nodes {
            let finite = |value: &f64| value.is_finite();
            let values = &self.value[at * width..(at + 1) * width];
            if !(values.iter().all(finite) && finite(&self.threshold[at]) && finite(&self.gain[at])) {
                return Err((at, "has a number that is not finite"));
            }
            if !has_parent[at] {
                return Err((at, "is no child of a node before it"));
            }
            if self.cover[at] == 0 {
                return Err((at, "has no rows"));
            }
            let left = self.left[at] as usize;
            if left == 0 {
                continue;
            }
            if self.feature[at] >= features {
                return Err((at, "compares a feature that does not exist"));
            }
            if left <= at || left + 1 >= nodes {
                return Err((at, "has children that do not exist after it"));
            }
            if has_parent[left] || has_parent[left + 1] {
                return Err((at, "has the child of another node"));
            }
            if u64::from(self.cover[at]) != u64::from(self.cover[left]) + u64::from(self.cover[left + 1]) {
                return Err((at, "has not as many rows as its children"));
            }
            (has_parent[left], has_parent[left + 1]) = (true, true);
        }
        Ok(())
    }
}
