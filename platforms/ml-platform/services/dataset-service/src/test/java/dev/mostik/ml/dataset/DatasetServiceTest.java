package dev.mostik.ml.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mostik.ml.base.Asking;
import dev.mostik.ml.base.HttpProblem;
import dev.mostik.ml.base.Realm;
import dev.mostik.ml.base.WebServer;
import java.net.URI;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;

class DatasetServiceTest {
  @Test
  @DisplayName("takes names that are one object of the bucket, and no paths")
  void names() {
    assertEquals("iris-2024.csv", DatasetService.named("iris-2024.csv"));
    for (String name : new String[] {"", ".hidden", "a b", "a\\b", "x".repeat(101)}) {
      assertEquals(400, assertThrows(HttpProblem.class, () -> DatasetService.named(name), name).status());
    }
  }

  @Test
  @DisplayName("asks for roles, is not ready without its bucket, and says that the storage is away")
  void withoutStorage() throws Exception {
    try (var realm = new Realm(); var store = new DatasetStore(URI.create("http://127.0.0.1:1"), "us-east-1", "datasets", AwsBasicCredentials.create("minio", "password"))) {
      var server = DatasetService.routes(new WebServer(realm.verifier(), store::problem), store);
      var asking = new Asking(server.start(0));
      try {
        String reader = realm.token("bob", "model-reader");
        assertEquals(401, asking.status("GET", "/datasets", null));
        assertEquals(403, asking.ask("PUT", "/datasets/iris.csv", reader, "1,2").statusCode());
        assertEquals(400, asking.ask("PUT", "/datasets/iris.csv", realm.token("alice", "model-writer"), "").statusCode());
        assertEquals(503, asking.status("GET", "/datasets", reader));
        assertEquals(503, asking.status("GET", "/health/ready", null));
        assertEquals(200, asking.status("GET", "/health/live", null));
      } finally {
        server.stop(0);
      }
    }
  }
}
