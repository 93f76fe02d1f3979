package dev.mostik.ml.dataset;

import dev.mostik.ml.base.HttpProblem;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** Data sets as objects of one S3 bucket. */
final class DatasetStore implements AutoCloseable {
  private final S3Client s3;
  private final String bucket;

  DatasetStore(URI endpoint, String region, String bucket, AwsBasicCredentials keys) {
    this.bucket = bucket;
    this.s3 = S3Client.builder()
        .endpointOverride(endpoint)
        .region(Region.of(region))
        .credentialsProvider(StaticCredentialsProvider.create(keys))
        .forcePathStyle(true)
        // Servers other than Amazon's do not all know the newer checksums.
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .httpClient(UrlConnectionHttpClient.builder().connectionTimeout(Duration.ofSeconds(3)).socketTimeout(Duration.ofSeconds(20)).build())
        .build();
  }

  /** Tells what is wrong with the bucket, if anything is. */
  Optional<String> problem() {
    try {
      s3.headBucket(request -> request.bucket(bucket));
      return Optional.empty();
    } catch (SdkException problem) {
      return Optional.of("the bucket " + bucket + " is not there: " + problem.getMessage());
    }
  }

  /** A data set in a listing. */
  record Dataset(String name, long bytes, String changedAt) {}

  List<Dataset> list() {
    return reached(() -> s3.listObjectsV2Paginator(request -> request.bucket(bucket)).contents().stream()
        .map(object -> new Dataset(object.key(), object.size(), object.lastModified().toString())).toList());
  }

  byte[] get(String name) {
    return reached(() -> {
      try {
        return s3.getObjectAsBytes(request -> request.bucket(bucket).key(name)).asByteArray();
      } catch (NoSuchKeyException unknown) {
        throw new HttpProblem(404, "there is no data set " + name);
      }
    });
  }

  void put(String name, byte[] content) {
    reached(() -> s3.putObject(request -> request.bucket(bucket).key(name).contentType("application/octet-stream"), RequestBody.fromBytes(content)));
  }

  void delete(String name) {
    reached(() -> s3.deleteObject(request -> request.bucket(bucket).key(name)));
  }

  @Override
  public void close() {
    s3.close();
  }

  private interface Work<T> {
    T done();
  }

  private static <T> T reached(Work<T> work) {
    try {
      return work.done();
    } catch (SdkClientException problem) {
      throw new HttpProblem(503, "the object storage does not answer");
    }
  }
}
