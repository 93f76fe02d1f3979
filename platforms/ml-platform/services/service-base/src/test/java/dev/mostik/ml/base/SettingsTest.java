package dev.mostik.ml.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SettingsTest {
  @Test
  @DisplayName("tells everything that is missing or wrong at once")
  void allProblems() {
    var settings = new Settings(Map.of("KEYS", "ftp://example.org", "PORT", "many"));
    settings.text("NAME");
    settings.url("KEYS");
    settings.number("PORT", 8080, 1, 65535);
    var problem = assertThrows(IllegalArgumentException.class, settings::check);
    assertEquals("NAME is missing; KEYS is ftp://example.org, expected a URL such as http://keycloak/realms/shop; PORT is many, expected a whole number from 1 to 65535", problem.getMessage());
  }

  @Test
  @DisplayName("takes what is given, and defaults for the rest")
  void takes() {
    var settings = new Settings(Map.of("PORT", "9000", "URL", "http://minio:9000"));
    assertEquals(9000, settings.number("PORT", 8080, 1, 65535));
    assertEquals(3, settings.number("DELAY", 3, 0, 60));
    assertEquals("minio", settings.url("URL").getHost());
    assertEquals("us-east-1", settings.text("REGION", "us-east-1"));
    settings.check();
  }
}
