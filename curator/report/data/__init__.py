"""What a project has recorded, part by part, as the report needs it."""
