// Java's GZIPInputStream: writes what a gzip file holds to standard output.
import java.io.FileInputStream;
import java.util.zip.GZIPInputStream;

class Gunzip {
  public static void main(String[] arguments) throws Exception {
    try (var in = new GZIPInputStream(new FileInputStream(arguments[0]))) {
      in.transferTo(System.out);
    }
    System.out.flush();
  }
}
