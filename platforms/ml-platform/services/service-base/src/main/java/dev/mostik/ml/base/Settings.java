package dev.mostik.ml.base;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Settings of a service from its environment. What is missing or wrong is told all at once. */
public final class Settings {
  private final Map<String, String> environment;
  private final List<String> problems = new ArrayList<>();

  public Settings(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  public String text(String name) {
    String value = environment.getOrDefault(name, "");
    if (value.isBlank()) problems.add(name + " is missing");
    return value;
  }

  public String text(String name, String otherwise) {
    String value = environment.getOrDefault(name, "");
    return value.isBlank() ? otherwise : value;
  }

  /** An absolute URL of http or https. */
  public URI url(String name) {
    String value = text(name);
    if (value.isBlank()) return null;
    try {
      URI url = URI.create(value);
      if (url.getHost() != null && List.of("http", "https").contains(url.getScheme())) return url;
    } catch (IllegalArgumentException notAUrl) {
      // Told below, as every other text that is no URL.
    }
    problems.add(name + " is " + value + ", expected a URL such as http://keycloak/realms/shop");
    return null;
  }

  public int number(String name, int otherwise, int least, int most) {
    String value = text(name, Integer.toString(otherwise));
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) return number;
    } catch (NumberFormatException notANumber) {
      // Told below, as every other text that is no number.
    }
    problems.add(name + " is " + value + ", expected a whole number from " + least + " to " + most);
    return otherwise;
  }

  /** Fails with everything that is wrong. */
  public void check() {
    if (!problems.isEmpty()) throw new IllegalArgumentException(String.join("; ", problems));
  }
}
