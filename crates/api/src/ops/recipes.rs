//! Recipes that a person keeps with the workspace, each a file `recipes/<name>.toml`.

use algomosaic_core::Problem;
use algomosaic_features::Recipe;

use super::kept::{Kept, Text};
use crate::wire_features::SavedRecipe;
use crate::workspace::Workspace;

const RECIPES: Kept = Kept { folder: "recipes", ending: "toml", one: "recipe" };

/// Every recipe, by name; one that cannot be read says why.
pub(crate) fn list(workspace: &Workspace) -> Result<Vec<SavedRecipe>, Problem> {
    Ok(RECIPES.list(workspace)?.into_iter().map(recipe).collect())
}

/// Saves a recipe under its name, over one that has it. It need not be finished.
pub(crate) fn save(workspace: &Workspace, recipe_to_save: &Recipe) -> Result<SavedRecipe, Problem> {
    RECIPES.save(workspace, &recipe_to_save.name, &recipe_to_save.to_toml()?).map(recipe)
}

/// Deletes a recipe.
pub(crate) fn delete(workspace: &Workspace, name: &str) -> Result<(), Problem> {
    RECIPES.delete(workspace, name)
}

fn recipe(text: Text) -> SavedRecipe {
    let (recipe, problem) = match Recipe::from_toml(&text.text) {
        Ok(recipe) => (Some(recipe), None),
        Err(error) => (None, Some(error.to_string())),
    };
    SavedRecipe { name: text.name, recipe, problem, text: text.text, changed_at: text.changed_at }
}
