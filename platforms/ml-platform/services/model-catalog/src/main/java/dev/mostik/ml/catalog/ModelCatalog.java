package dev.mostik.ml.catalog;

import dev.mostik.ml.base.Answer;
import dev.mostik.ml.base.HttpProblem;
import dev.mostik.ml.base.Json;
import dev.mostik.ml.base.Service;
import dev.mostik.ml.base.Settings;
import dev.mostik.ml.base.WebServer;
import java.io.IOException;
import java.util.Map;

/** What is known of each model: its version, what made it, who changed it last. */
public final class ModelCatalog {
  private ModelCatalog() {}

  public static void main(String[] arguments) throws IOException {
    var settings = new Settings(System.getenv());
    String url = settings.text("DATABASE_URL");
    String user = settings.text("DATABASE_USER");
    String password = settings.text("DATABASE_PASSWORD");
    settings.check();
    var store = new ModelStore(url, user, password);
    Service.run("model-catalog", settings, routes(Service.server(settings, store::problem), store), store::close);
  }

  /** The routes of the service. */
  static WebServer routes(WebServer server, ModelStore store) {
    return server
        .on("GET", "/models", "model-reader", request -> Answer.ok(Map.of("models", store.list())))
        .on("GET", "/models/{name}", "model-reader", request -> Answer.ok(store.find(request.part("name")).orElseThrow(() -> unknown(request.part("name")))))
        .on("PUT", "/models/{name}", "model-writer", request -> Answer.ok(store.put(Model.read(request.part("name"), Json.read(request.body()), request.caller().name()))))
        .on("DELETE", "/models/{name}", "model-writer", request -> {
          if (!store.delete(request.part("name"))) throw unknown(request.part("name"));
          return Answer.empty();
        });
  }

  private static HttpProblem unknown(String name) {
    return new HttpProblem(404, "the catalog has no model " + name);
  }
}
