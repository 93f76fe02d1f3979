package dev.mostik.ml.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mostik.ml.base.HttpProblem;

/** What the catalog knows of a model. */
public record Model(String name, String version, String framework, String description, String changedBy, String changedAt) {
  private static final int longest = 2000;

  /** Reads what a caller says of a model; the name comes from the path. */
  static Model read(String name, JsonNode body, String caller) {
    if (!name.matches("[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?")) throw new HttpProblem(400, "the name of a model has lower-case letters, digits and dashes, at most 50");
    return new Model(name, text(body, "version", true), text(body, "framework", true), text(body, "description", false), caller, null);
  }

  private static String text(JsonNode body, String field, boolean needed) {
    JsonNode value = body.path(field);
    if (value.isMissingNode() && !needed) return "";
    if (!value.isTextual() || (needed && value.asText().isBlank())) throw new HttpProblem(400, field + ": a text is expected");
    if (value.asText().length() > longest) throw new HttpProblem(400, field + ": at most " + longest + " letters");
    return value.asText();
  }
}
