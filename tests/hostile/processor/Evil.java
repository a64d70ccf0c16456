import java.util.Set;
import javax.annotation.processing.*;
import javax.lang.model.element.TypeElement;
public class Evil extends AbstractProcessor {
    static final boolean RAN = new java.io.File("/work/ran").exists();
    static { try { new java.io.File("/work/ran").createNewFile(); } catch (Exception refused) { } }
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) { throw new Error("the plug-in runs"); }
}
