package dev.mostik.ml.prediction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mostik.ml.base.HttpProblem;
import dev.mostik.ml.base.Json;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InferenceTest {
  @Test
  @DisplayName("writes rows as one tensor of the V2 protocol")
  void writes() {
    String expected = "{\"inputs\":[{\"name\":\"rows\",\"shape\":[2,3],\"datatype\":\"FP64\",\"data\":[1.0,2.5,3.0,4.0,5.0,6.0]}]}";
    assertEquals(expected, new String(Json.write(Inference.request(Json.read("{\"rows\":[[1,2.5,3],[4,5,6]]}".getBytes())))));
  }

  @Test
  @DisplayName("reads a prediction for each row, and which version gave it")
  void reads() {
    String answer = "{\"model_name\":\"iris\",\"model_version\":\"2\",\"id\":\"x\",\"outputs\":[{\"name\":\"predict\",\"shape\":[2,1],\"datatype\":\"INT64\",\"data\":[0,2]}]}";
    assertEquals("{\"model\":\"iris\",\"version\":\"2\",\"predictions\":[0,2]}", new String(Json.write(Inference.predictions(Json.read(answer.getBytes())))));
    assertEquals(502, assertThrows(HttpProblem.class, () -> Inference.predictions(Json.read("{}".getBytes()))).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"rows\":[]}", "{\"rows\":[1,2]}", "{\"rows\":[[1],[1,2]]}", "{\"rows\":[[\"1\"]]}", "{\"rows\":[[]]}"})
  @DisplayName("refuses what is no table of numbers")
  void refuses(String body) {
    assertEquals(400, assertThrows(HttpProblem.class, () -> Inference.request(Json.read(body.getBytes()))).status());
  }
}
