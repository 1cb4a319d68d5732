package dev.fullstate.outbox.direct;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKey;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** Root that holds its parts in all ways in which a part does not know its owner. */
@Entity
@PublishFullState
@JsonAutoDetect(fieldVisibility = Visibility.ANY)
class Clinic {

    @Id
    int id;

    @OneToMany(cascade = CascadeType.ALL)
    @JoinColumn
    List<ByColumn> byColumn = new ArrayList<>();

    @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
    @JoinColumn(nullable = false)
    Set<Visit> visits = new HashSet<>();

    @OneToMany(cascade = CascadeType.ALL)
    @JoinColumn
    @MapKey(name = "id")
    Map<Integer, Mapped> mapped = new LinkedHashMap<>();

    @OneToMany(cascade = CascadeType.ALL)
    @JoinTable
    @OrderColumn
    List<ByTable> byTable = new ArrayList<>();

    @OneToOne(cascade = CascadeType.ALL, orphanRemoval = true)
    One one;

    @Version
    int version;

    @Entity(name = "ByColumn")
    static class ByColumn {
        @Id
        int id;

        String name;
    }

    /** A part with parts of its own, and a reference that is not its owner. */
    @Entity(name = "Visit")
    static class Visit {
        @Id
        int id;

        @ManyToOne
        Clinic sentFrom;

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @JoinColumn
        List<Step> steps = new ArrayList<>();
    }

    @Entity(name = "Step")
    static class Step {
        @Id
        int id;
    }

    @Entity(name = "Mapped")
    static class Mapped {
        @Id
        int id;
    }

    @Entity(name = "ByTable")
    static class ByTable {
        @Id
        int id;
    }

    @Entity(name = "One")
    static class One {
        @Id
        int id;
    }

    /** Another kind of owner of the same parts. */
    @Entity(name = "Ward")
    @PublishFullState
    @JsonAutoDetect(fieldVisibility = Visibility.ANY)
    static class Ward {

        @Id
        int id;

        String name;

        @OneToMany(cascade = CascadeType.ALL)
        @JoinColumn(name = "ward_id")
        List<ByColumn> byColumn = new ArrayList<>();

        @Version
        int version;
    }
}
