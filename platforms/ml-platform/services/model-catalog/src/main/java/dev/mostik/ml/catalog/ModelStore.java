package dev.mostik.ml.catalog;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mostik.ml.base.Log;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table of models in PostgreSQL. It is made when the database first answers; until then the service is not ready. */
final class ModelStore implements AutoCloseable {
  private static final String table = """
      create table if not exists models (
        name text primary key,
        version text not null,
        framework text not null,
        description text not null,
        changed_by text not null,
        changed_at timestamptz not null default now()
      )""";
  private static final String columns = "name, version, framework, description, changed_by, changed_at";

  private final HikariDataSource pool;
  private volatile boolean tableMade;

  ModelStore(String url, String user, String password) {
    var config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(5);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(3000);
    // The service starts without its database, says so, and gets it back by itself.
    config.setInitializationFailTimeout(-1);
    pool = new HikariDataSource(config);
  }

  /** Tells what is wrong with the database, if anything is. */
  Optional<String> problem() {
    try (var connection = connect(); var statement = connection.prepareStatement("select 1")) {
      statement.execute();
      return Optional.empty();
    } catch (SQLException problem) {
      return Optional.of("the database does not answer: " + problem.getMessage());
    }
  }

  List<Model> list() throws SQLException {
    try (var connection = connect(); var statement = connection.prepareStatement("select " + columns + " from models order by name")) {
      return read(statement);
    }
  }

  Optional<Model> find(String name) throws SQLException {
    try (var connection = connect(); var statement = connection.prepareStatement("select " + columns + " from models where name = ?")) {
      statement.setString(1, name);
      return read(statement).stream().findFirst();
    }
  }

  /** Writes a model, whether it was there or not, and returns it with its time. */
  Model put(Model model) throws SQLException {
    String sql = "insert into models (name, version, framework, description, changed_by) values (?, ?, ?, ?, ?) on conflict (name) do update set version = excluded.version, "
        + "framework = excluded.framework, description = excluded.description, changed_by = excluded.changed_by, changed_at = now() returning " + columns;
    try (var connection = connect(); var statement = connection.prepareStatement(sql)) {
      statement.setString(1, model.name());
      statement.setString(2, model.version());
      statement.setString(3, model.framework());
      statement.setString(4, model.description());
      statement.setString(5, model.changedBy());
      return read(statement).get(0);
    }
  }

  /** Tells whether it was there. */
  boolean delete(String name) throws SQLException {
    try (var connection = connect(); var statement = connection.prepareStatement("delete from models where name = ?")) {
      statement.setString(1, name);
      return statement.executeUpdate() > 0;
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  private Connection connect() throws SQLException {
    Connection connection = pool.getConnection();
    if (tableMade) return connection;
    try (var statement = connection.createStatement()) {
      statement.execute(table);
      tableMade = true;
      Log.info("the table is there");
      return connection;
    } catch (SQLException problem) {
      connection.close();
      throw problem;
    }
  }

  private static List<Model> read(PreparedStatement statement) throws SQLException {
    List<Model> models = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        models.add(new Model(row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5), row.getTimestamp(6).toInstant().toString()));
      }
    }
    return models;
  }
}
