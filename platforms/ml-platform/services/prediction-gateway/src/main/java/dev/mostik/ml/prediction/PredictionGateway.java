package dev.mostik.ml.prediction;

import dev.mostik.ml.base.Answer;
import dev.mostik.ml.base.HttpProblem;
import dev.mostik.ml.base.Json;
import dev.mostik.ml.base.Service;
import dev.mostik.ml.base.Settings;
import dev.mostik.ml.base.WebServer;
import java.io.IOException;
import java.util.Optional;

/** Asks models for those who may: takes rows of numbers and answers with a prediction for each. */
public final class PredictionGateway {
  private PredictionGateway() {}

  public static void main(String[] arguments) throws IOException {
    var settings = new Settings(System.getenv());
    var url = settings.url("MODELS_URL");
    settings.check();
    var models = new ModelServer(url);
    // A model server that is away is told to each caller; taking the gateway out of the Service would only hide it.
    Service.run("prediction-gateway", settings, routes(Service.server(settings, Optional::empty), models), () -> {});
  }

  /** The routes of the service. */
  static WebServer routes(WebServer server, ModelServer models) {
    return server
        .on("GET", "/predictions/{model}", "model-reader", request -> Answer.ok(models.describe(modelOf(request.part("model")))))
        .on("POST", "/predictions/{model}", "model-reader", request -> Answer.ok(Inference.predictions(models.infer(modelOf(request.part("model")), Inference.request(Json.read(request.body()))))));
  }

  /** Nothing but a name goes into the URL of the model server. */
  private static String modelOf(String name) {
    if (!name.matches("[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?")) throw new HttpProblem(404, "there is no model of this name");
    return name;
  }
}
