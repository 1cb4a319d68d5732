package dev.fullstate.outbox.shop;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Transient;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** Root with lines in both directions, a reference, an embeddable and an element collection. */
@Entity
@SuppressWarnings("UnusedVariable") // fields are read by reflection
@PublishFullState
public class Purchase {

    @Id
    private UUID purchaseId;

    private String reference;

    @ManyToOne(fetch = FetchType.LAZY)
    private Buyer buyer;

    @Embedded
    private Address address;

    @OneToMany(mappedBy = "purchase", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("product")
    private List<Line> lines = new ArrayList<>();

    @ElementCollection
    @OrderColumn(name = "position")
    private List<String> notes = new ArrayList<>();

    @Column(precision = 12, scale = 2)
    private BigDecimal deposit;

    private Instant placedAt;

    @Transient
    private String cachedLabel = "never published";

    @Version
    private int version;

    protected Purchase() {}

    public Purchase(String reference, Buyer buyer) {
        this(UUID.randomUUID(), reference, buyer);
    }

    public Purchase(UUID purchaseId, String reference, Buyer buyer) {
        this.purchaseId = purchaseId;
        this.reference = reference;
        this.buyer = buyer;
        this.address = new Address("Main St", "Springfield");
    }

    public void add(String product, int quantity) {
        lines.add(new Line(this, product, quantity));
    }

    public Line line(String product) {
        return lines.stream()
                .filter(line -> line.getProduct().equals(product))
                .findFirst()
                .orElseThrow();
    }

    public void remove(String product) {
        lines.remove(line(product));
    }

    @JsonProperty("pieces")
    int pieces() {
        if (lines.stream().anyMatch(line -> line.getQuantity() == Integer.MIN_VALUE)) {
            throw new NoClassDefFoundError("org/example/Missing");
        }
        return lines.stream().mapToInt(Line::getQuantity).sum();
    }

    /** Returns a text that looks like a property, but is not state. */
    public String getSummary() {
        return reference + " " + cachedLabel;
    }

    public UUID getPurchaseId() {
        return purchaseId;
    }

    public String getReference() {
        return reference;
    }

    public void setReference(String reference) {
        this.reference = reference;
    }

    public void setAddress(Address address) {
        this.address = address;
    }

    public void setBuyer(Buyer buyer) {
        this.buyer = buyer;
    }

    public void setDeposit(BigDecimal deposit) {
        this.deposit = deposit;
    }

    public void setPlacedAt(Instant placedAt) {
        this.placedAt = placedAt;
    }

    public List<Line> getLines() {
        return lines;
    }

    public List<String> getNotes() {
        return notes;
    }

    public int getVersion() {
        return version;
    }
}
