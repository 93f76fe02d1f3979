package dev.mostik.ml.prediction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mostik.ml.base.Asking;
import dev.mostik.ml.base.Realm;
import dev.mostik.ml.base.WebServer;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PredictionGatewayTest {
  @Test
  @DisplayName("asks for the role before it asks the model server, and says when that one is away")
  void refuses() throws Exception {
    try (var realm = new Realm()) {
      var server = PredictionGateway.routes(new WebServer(realm.verifier(), Optional::empty), new ModelServer(URI.create("http://127.0.0.1:1")));
      var asking = new Asking(server.start(0));
      try {
        String reader = realm.token("alice", "model-reader");
        assertEquals(401, asking.ask("POST", "/predictions/iris", null, "{\"rows\":[[1]]}").statusCode());
        assertEquals(403, asking.ask("POST", "/predictions/iris", realm.token("bob"), "{\"rows\":[[1]]}").statusCode());
        assertEquals(400, asking.ask("POST", "/predictions/iris", reader, "{\"rows\":[]}").statusCode());
        assertEquals(404, asking.ask("POST", "/predictions/..%2Fhealth", reader, "{\"rows\":[[1]]}").statusCode());
        assertEquals(503, asking.ask("POST", "/predictions/iris", reader, "{\"rows\":[[1]]}").statusCode());
        assertEquals(200, asking.status("GET", "/health/ready", null));
      } finally {
        server.stop(0);
      }
    }
  }
}
