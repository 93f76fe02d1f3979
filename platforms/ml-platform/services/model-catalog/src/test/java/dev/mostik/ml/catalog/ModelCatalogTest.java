package dev.mostik.ml.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mostik.ml.base.Asking;
import dev.mostik.ml.base.Json;
import dev.mostik.ml.base.Realm;
import dev.mostik.ml.base.WebServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The catalog on a real PostgreSQL. */
class ModelCatalogTest {
  private static final String iris = "{\"version\":\"1\",\"framework\":\"sklearn\",\"description\":\"kinds of flowers\"}";
  private static LocalPostgres postgres;
  private static ModelStore store;
  private static Realm realm;
  private static WebServer server;
  private static Asking asking;
  private static String reader;
  private static String writer;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(LocalPostgres.installed() != null, "PostgreSQL is not installed");
    postgres = new LocalPostgres();
    store = new ModelStore(postgres.url(), "catalog", "");
    realm = new Realm();
    server = ModelCatalog.routes(new WebServer(realm.verifier(), store::problem), store);
    asking = new Asking(server.start(0));
    reader = realm.token("bob", "model-reader");
    writer = realm.token("alice", "model-reader", "model-writer");
  }

  @AfterAll
  static void stop() throws Exception {
    if (postgres == null) return;
    server.stop(0);
    realm.close();
    store.close();
    postgres.close();
  }

  @Test
  @DisplayName("keeps what is written, with who wrote it, and changes it in place")
  void keeps() throws Exception {
    assertEquals(200, asking.ask("PUT", "/models/iris", writer, iris).statusCode());
    assertEquals(200, asking.ask("PUT", "/models/iris", writer, iris.replace("\"1\"", "\"2\"")).statusCode());
    var found = Json.read(asking.ask("GET", "/models/iris", reader, null).body().getBytes());
    assertEquals("2", found.path("version").asText());
    assertEquals("alice", found.path("changedBy").asText());
    assertEquals(1, Json.read(asking.ask("GET", "/models", reader, null).body().getBytes()).path("models").size());
    assertEquals(204, asking.status("DELETE", "/models/iris", writer));
    assertEquals(404, asking.status("DELETE", "/models/iris", writer));
    assertEquals(404, asking.status("GET", "/models/iris", reader));
  }

  @Test
  @DisplayName("lets readers read and nothing else")
  void readers() throws Exception {
    assertEquals(403, asking.ask("PUT", "/models/other", reader, iris).statusCode());
    assertEquals(403, asking.status("DELETE", "/models/other", reader));
    assertEquals(401, asking.status("GET", "/models", null));
  }

  @Test
  @DisplayName("tells what is wrong with a model")
  void mistakes() throws Exception {
    assertEquals(400, asking.ask("PUT", "/models/Iris", writer, iris).statusCode());
    var answer = asking.ask("PUT", "/models/iris-2", writer, "{\"version\":1,\"framework\":\"sklearn\"}");
    assertEquals(400, answer.statusCode());
    assertTrue(answer.body().contains("version: a text is expected"), answer.body());
    assertEquals(400, asking.ask("PUT", "/models/iris-2", writer, iris.replace("kinds", "x".repeat(2001))).statusCode());
  }

  @Test
  @DisplayName("is not ready while the database is away, and gets it back by itself")
  void databaseAway() throws Exception {
    assertEquals(200, asking.status("GET", "/health/ready", null));
    postgres.stop();
    assertEquals(503, asking.status("GET", "/health/ready", null));
    assertEquals(200, asking.status("GET", "/health/live", null));
    postgres.start();
    // The pool waits longer and longer between its attempts.
    long end = System.nanoTime() + 60_000_000_000L;
    while (asking.status("GET", "/health/ready", null) != 200) assertTrue(System.nanoTime() < end, "the database is not found again");
    assertEquals(200, asking.status("GET", "/models", reader));
  }
}
