package dev.mostik.ml.dataset;

import dev.mostik.ml.base.Answer;
import dev.mostik.ml.base.HttpProblem;
import dev.mostik.ml.base.Service;
import dev.mostik.ml.base.Settings;
import dev.mostik.ml.base.WebServer;
import java.io.IOException;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;

/** Data sets to train models with: kept in object storage as they are. */
public final class DatasetService {
  private DatasetService() {}

  public static void main(String[] arguments) throws IOException {
    var settings = new Settings(System.getenv());
    var endpoint = settings.url("S3_ENDPOINT");
    String bucket = settings.text("S3_BUCKET");
    String accessKey = settings.text("S3_ACCESS_KEY");
    String secretKey = settings.text("S3_SECRET_KEY");
    settings.check();
    var store = new DatasetStore(endpoint, settings.text("S3_REGION", "us-east-1"), bucket, AwsBasicCredentials.create(accessKey, secretKey));
    Service.run("dataset-service", settings, routes(Service.server(settings, store::problem), store), store::close);
  }

  /** The routes of the service. */
  static WebServer routes(WebServer server, DatasetStore store) {
    return server
        .on("GET", "/datasets", "model-reader", request -> Answer.ok(Map.of("datasets", store.list())))
        .on("GET", "/datasets/{name}", "model-reader", request -> new Answer(200, "application/octet-stream", store.get(named(request.part("name")))))
        .on("PUT", "/datasets/{name}", "model-writer", request -> {
          if (request.body().length == 0) throw new HttpProblem(400, "the body is empty: the content of the data set is expected");
          store.put(named(request.part("name")), request.body());
          return Answer.json(201, Map.of("name", request.part("name"), "bytes", request.body().length));
        })
        .on("DELETE", "/datasets/{name}", "model-writer", request -> {
          store.delete(named(request.part("name")));
          return Answer.empty();
        });
  }

  /** A name is one word, so that it is one object of the bucket and no path. */
  static String named(String name) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) throw new HttpProblem(400, "the name of a data set has letters, digits, dots, dashes and underscores, at most 100");
    return name;
  }
}
