package dev.mostik.ml.base;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lines of JSON on stdout. No token and no body of a request ever stands in them. */
public final class Log {
  private Log() {}

  public static void info(String message, Object... fields) {
    line("info", message, fields);
  }

  public static void error(String message, Object... fields) {
    line("error", message, fields);
  }

  private static void line(String level, String message, Object... fields) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("time", Instant.now().toString());
    line.put("level", level);
    line.put("message", message);
    for (int i = 0; i + 1 < fields.length; i += 2) line.put(String.valueOf(fields[i]), fields[i + 1] instanceof Number number ? number : String.valueOf(fields[i + 1]));
    System.out.println(new String(Json.write(line), StandardCharsets.UTF_8));
  }
}
