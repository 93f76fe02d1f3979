package dev.mostik.ml.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** JSON as the services read and write it. */
public final class Json {
  private static final ObjectMapper mapper = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Json() {}

  /** Reads a text; what is not JSON is the caller's mistake. */
  public static JsonNode read(byte[] text) {
    try {
      JsonNode read = mapper.readTree(text);
      if (read == null || read.isMissingNode()) throw new HttpProblem(400, "the body is empty: JSON is expected");
      return read;
    } catch (JsonProcessingException problem) {
      throw new HttpProblem(400, "the body is not JSON: " + problem.getOriginalMessage());
    } catch (IOException problem) {
      throw new IllegalStateException(problem);
    }
  }

  /** Writes a value. */
  public static byte[] write(Object value) {
    try {
      return mapper.writeValueAsBytes(value);
    } catch (JsonProcessingException problem) {
      throw new IllegalStateException(problem);
    }
  }
}
