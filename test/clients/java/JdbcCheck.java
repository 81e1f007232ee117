import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/** What the JDBC driver, with its defaults, asks of the door. Usage: JdbcCheck PORT KEY DATABASE */
public final class JdbcCheck {
  private static int checks = 0;

  private static void check(String name, Object got, Object wanted) {
    if (!Objects.equals(got, wanted)) {
      System.out.println(name + ": got " + got + ", wanted " + wanted);
      System.exit(1);
    }
    checks++;
  }

  /** The values of a column of each row. */
  private static List<String> column(ResultSet rows, String name) throws SQLException {
    List<String> values = new ArrayList<>();
    try (rows) {
      while (rows.next()) values.add(rows.getString(name));
    }
    return values;
  }

  public static void main(String[] args) throws Exception {
    String database = args[2];
    Properties properties = new Properties();
    properties.setProperty("user", "me");
    properties.setProperty("password", args[1]);
    for (String options : List.of("", "?compress=0", "?client.use_http_compression=true")) {
      String url = "jdbc:clickhouse://127.0.0.1:" + args[0] + "/" + database + options;
      try (Connection connection = DriverManager.getConnection(url, properties)) {
        metadata(connection, database);
        questions(connection);
      }
    }
    System.out.println(checks + " checks");
  }

  private static void metadata(Connection connection, String database) throws SQLException {
    DatabaseMetaData metadata = connection.getMetaData();
    check("valid", connection.isValid(10), true);
    check("product", metadata.getDatabaseProductName(), "ClickHouse");
    check("version", metadata.getDatabaseMajorVersion(), 26);
    check("schemas", column(metadata.getSchemas(), "TABLE_SCHEM").contains(database), true);
    check("schema", column(metadata.getSchemas(null, database), "TABLE_SCHEM"), List.of(database));
    check("views", column(metadata.getTables(null, database, "%", new String[] {"VIEW"}), "TABLE_NAME").contains("outcomes"), true);
    check("all kinds", column(metadata.getTables(null, database, "%", null), "TABLE_NAME").contains("facts"), true);
    check("no tables", column(metadata.getTables(null, database, "%", new String[] {"TABLE"}), "TABLE_NAME"), List.of());
    check("remarks", column(metadata.getTables(null, database, "outcomes", null), "REMARKS").get(0).isEmpty(), false);
    check("columns", column(metadata.getColumns(null, database, "outcomes", "%"), "COLUMN_NAME").subList(0, 3), List.of("tenant_id", "instant", "event_id"));
    check("column remarks", column(metadata.getColumns(null, database, "outcomes", "%"), "REMARKS").contains(""), false);
    check("types", column(metadata.getTypeInfo(), "TYPE_NAME").contains("UInt64"), true);
    check("kinds of tables", column(metadata.getTableTypes(), "TABLE_TYPE").contains("VIEW"), true);
    check("functions", column(metadata.getFunctions(null, null, "countSub%"), "FUNCTION_NAME").contains("countSubstrings"), true);
    check("keys", column(metadata.getPrimaryKeys(null, database, "outcomes"), "COLUMN_NAME"), List.of());
    check("foreign keys", column(metadata.getImportedKeys(null, database, "outcomes"), "FK_NAME"), List.of());
    check("indexes", column(metadata.getIndexInfo(null, database, "outcomes", false, true), "INDEX_NAME"), List.of());
    check("procedures", column(metadata.getProcedures(null, null, null), "PROCEDURE_NAME"), List.of());
    check("client info", column(metadata.getClientInfoProperties(), "NAME").isEmpty(), false);
    check("catalogs", column(metadata.getCatalogs(), "TABLE_CAT"), List.of());
  }

  private static void questions(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      check("rows", column(statement.executeQuery("SELECT backend FROM outcomes ORDER BY event_id"), "backend"), List.of("x", "y, \"z\"\nw"));
      check("exact", column(statement.executeQuery("SELECT sum(tokens) AS n FROM outcomes"), "n"), List.of("18446744073709551615"));
      check("many", column(statement.executeQuery("SELECT number FROM numbers(50000)"), "number").size(), 50_000);
      statement.setMaxRows(1);
      check("few", column(statement.executeQuery("SELECT event_id FROM events ORDER BY event_id"), "event_id"), List.of("a"));
    }
    try (PreparedStatement statement = connection.prepareStatement("SELECT event_id FROM events WHERE backend = ? AND instant >= ?")) {
      check("its columns", statement.getMetaData().getColumnName(1), "event_id");
      statement.setString(1, "y, \"z\"\nw");
      statement.setString(2, "2020-01-01 00:00:00");
      check("prepared", column(statement.executeQuery(), "event_id"), List.of("b"));
    }
    try (Statement statement = connection.createStatement()) {
      statement.executeQuery("SELECT nothing FROM outcomes");
      check("error", null, "an SQLException");
    } catch (SQLException error) {
      check("error", error.getErrorCode(), 47);
    }
  }
}
