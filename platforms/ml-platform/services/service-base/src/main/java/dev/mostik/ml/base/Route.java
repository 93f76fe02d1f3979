package dev.mostik.ml.base;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What answers a method and a path such as /models/{name}; whoever asks needs the role, unless it is null. */
public record Route(String method, String[] pattern, String role, Handler handler) {
  /** Answers one request. */
  @FunctionalInterface
  public interface Handler {
    Answer answer(Request request) throws Exception;
  }

  /** The parts in braces when a path fits. */
  Optional<Map<String, String>> match(String[] path) {
    if (path.length != pattern.length) return Optional.empty();
    Map<String, String> parts = new LinkedHashMap<>();
    for (int i = 0; i < path.length; i++) {
      if (pattern[i].startsWith("{")) parts.put(pattern[i].substring(1, pattern[i].length() - 1), path[i]);
      else if (!pattern[i].equals(path[i])) return Optional.empty();
    }
    return Optional.of(parts);
  }
}
