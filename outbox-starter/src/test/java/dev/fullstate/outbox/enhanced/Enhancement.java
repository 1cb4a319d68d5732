package dev.fullstate.outbox.enhanced;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;

import net.bytebuddy.agent.ByteBuddyAgent;
import org.hibernate.bytecode.enhance.spi.DefaultEnhancementContext;
import org.hibernate.bytecode.enhance.spi.Enhancer;
import org.hibernate.bytecode.enhance.spi.UnloadedField;
import org.hibernate.bytecode.internal.BytecodeProviderInitiator;

/** Does when a class is loaded what Hibernate's build plugins do when it is compiled. */
public final class Enhancement implements ClassFileTransformer {

    private final Enhancer enhancer =
            BytecodeProviderInitiator.buildDefaultBytecodeProvider().getEnhancer(new Context());

    /** The defaults of the build plugins. */
    private static final class Context extends DefaultEnhancementContext {

        @Override
        public boolean doBiDirectionalAssociationManagement(UnloadedField field) {
            return false;
        }
    }

    private final String prefix;

    private Enhancement(String prefix) {
        this.prefix = prefix;
    }

    /**
     * Enhances the classes whose names begin with the prefix.
     *
     * @throws IllegalStateException if one of them has been loaded: a search for tests may load all classes
     */
    public static void install(String prefix) {
        Instrumentation instrumentation = ByteBuddyAgent.install();
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            if (loaded.getName().startsWith(prefix)) {
                throw new IllegalStateException(
                        loaded + " was loaded before it could be enhanced; run this test by its name");
            }
        }
        instrumentation.addTransformer(new Enhancement(prefix.replace('.', '/')));
    }

    @Override
    public byte[] transform(
            ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] bytes) {
        return name != null && name.startsWith(prefix) ? enhancer.enhance(name.replace('/', '.'), bytes) : null;
    }
}
