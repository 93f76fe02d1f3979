package dev.mostik.ml.prediction;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mostik.ml.base.HttpProblem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The two languages of the gateway: rows of numbers outside, the tensors of the V2 inference protocol inside. */
final class Inference {
  private static final int mostRows = 1000;

  private Inference() {}

  /** Writes rows, all of one length, as the one input tensor of a model. */
  static Map<String, Object> request(JsonNode body) {
    JsonNode rows = body.path("rows");
    if (!rows.isArray() || rows.isEmpty()) throw new HttpProblem(400, "rows: a list of lists of numbers is expected, such as [[5.0, 3.4, 1.5, 0.2]]");
    if (rows.size() > mostRows) throw new HttpProblem(400, "rows: at most " + mostRows);
    int width = rows.get(0).size();
    List<Double> data = new ArrayList<>();
    for (JsonNode row : rows) {
      if (!row.isArray() || row.isEmpty() || row.size() != width) throw new HttpProblem(400, "rows: all of them need the same number of numbers");
      for (JsonNode number : row) {
        if (!number.isNumber()) throw new HttpProblem(400, "rows: " + number + " is no number");
        data.add(number.asDouble());
      }
    }
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("name", "rows");
    input.put("shape", List.of(rows.size(), width));
    input.put("datatype", "FP64");
    input.put("data", data);
    return Map.of("inputs", List.of(input));
  }

  /** Reads the first output tensor of an answer: a prediction for each row. */
  static Map<String, Object> predictions(JsonNode answer) {
    JsonNode output = answer.path("outputs").path(0).path("data");
    if (!output.isArray()) throw new HttpProblem(502, "the model server answered without outputs");
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("model", answer.path("model_name").asText());
    result.put("version", answer.path("model_version").asText());
    result.put("predictions", output);
    return result;
  }
}
