package dev.fullstate.outbox.mappings;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;

import dev.fullstate.outbox.PublishFullState;

/** Parts of parts of their own kind, and parts that several kinds of root own. */
final class Trees {

    private Trees() {}

    static Stream<Lifecycle> lifecycles() {
        return Stream.of(
                knowingTheWayUp(),
                notKnowingTheWayUp(),
                ofRoots(),
                shared("car", Car.class, Car::new, Wheel.class, "w1", ",'cartId':null"),
                shared("cart", Cart.class, Cart::new, Wheel.class, "w2", ",'carId':null"),
                shared("lamp", Lamp.class, Lamp::new, Bulb.class, "b1", ""),
                shared("torch", Torch.class, Torch::new, Bulb.class, "b2", ""));
    }

    private static Lifecycle knowingTheWayUp() {
        return Lifecycle.of("menu", 1)
                .create(
                        em -> {
                            Menu menu = new Menu();
                            Item top = new Item(1, "a");
                            top.menu = menu;
                            menu.items.add(top);
                            top.add(new Item(2, "b"));
                            top.below.get(0).add(new Item(3, "c"));
                            em.persist(menu);
                        },
                        menu(top(1, "a", below(2, "b", below(3, "c", "")))))
                .change(
                        "a leaf alone",
                        em -> em.find(Item.class, 3).text = "d",
                        menu(top(1, "a", below(2, "b", below(3, "d", "")))))
                .change(
                        "a leaf elsewhere",
                        em -> {
                            Item leaf = em.find(Item.class, 3);
                            leaf.above.below.remove(leaf);
                            em.find(Item.class, 1).add(leaf);
                        },
                        menu(top(1, "a", below(2, "b", "") + "," + below(3, "d", ""))))
                .change(
                        "a branch less",
                        em -> em.remove(em.find(Item.class, 1).below.remove(0)),
                        menu(top(1, "a", below(3, "d", ""))))
                .delete(Menu.class, 1);
    }

    /** Each item names the way up that it has besides the one that leads to it here. */
    private static String top(int id, String text, String below) {
        return "{'id':" + id + ",'text':'" + text + "','aboveId':null,'below':[" + below + "]}";
    }

    private static String below(int id, String text, String below) {
        return "{'id':" + id + ",'text':'" + text + "','menuId':null,'below':[" + below + "]}";
    }

    private static String menu(String items) {
        return "{'id':1,'items':[" + items + "]}";
    }

    private static Lifecycle notKnowingTheWayUp() {
        return Lifecycle.of("outline", 1)
                .create(
                        em -> {
                            Outline outline = new Outline();
                            Point top = new Point(1, "a");
                            outline.items.add(top);
                            top.below.add(new Point(2, "b"));
                            top.below.get(0).below.add(new Point(3, "c"));
                            em.persist(outline);
                        },
                        menu(item(1, "a", item(2, "b", item(3, "c", "")))))
                .change(
                        "a leaf alone",
                        em -> em.find(Point.class, 3).text = "d",
                        menu(item(1, "a", item(2, "b", item(3, "d", "")))))
                .change(
                        "a leaf less",
                        em -> em.find(Point.class, 2).below.clear(),
                        menu(item(1, "a", item(2, "b", ""))))
                .delete(Outline.class, 1);
    }

    private static String item(int id, String text, String below) {
        return "{'id':" + id + ",'text':'" + text + "','below':[" + below + "]}";
    }

    /** Each category is an aggregate of its own: the one above is a reference, and those below belong to themselves. */
    private static Lifecycle ofRoots() {
        return Lifecycle.of("category", 2)
                .given(em -> em.persist(new Category(1)))
                .given(em -> em.persist(new Category(3)))
                .create(
                        em -> {
                            Category category = new Category(2);
                            category.above = em.find(Category.class, 1);
                            em.persist(category);
                        },
                        "{'id':2,'aboveId':1}")
                .change(
                        "the category above",
                        em -> em.find(Category.class, 2).above = em.getReference(Category.class, 3),
                        "{'id':2,'aboveId':3}")
                .delete(Category.class, 2);
    }

    private static <R extends Owner<P>, P extends Part> Lifecycle shared(
            String type, Class<R> root, Supplier<R> newRoot, Class<P> part, String partId, String otherOwner) {
        return Lifecycle.of(type, 1)
                .create(
                        em -> {
                            R owner = newRoot.get();
                            owner.own(partId);
                            em.persist(owner);
                        },
                        "{'id':1,'parts':[{'id':'" + partId + "','size':1" + otherOwner + "}]}")
                .change(
                        "a part alone",
                        em -> em.find(part, partId).size = 2,
                        "{'id':1,'parts':[{'id':'" + partId + "','size':2" + otherOwner + "}]}")
                .change("a part less", em -> em.find(root, 1).parts().clear(), "{'id':1,'parts':[]}")
                .change(
                        "a part more",
                        em -> em.find(root, 1).own(partId),
                        "{'id':1,'parts':[{'id':'" + partId + "','size':1" + otherOwner + "}]}")
                .delete(root, 1);
    }

    /** The common attributes of the owners of shared parts. */
    interface Owner<P> {

        List<P> parts();

        void own(String partId);
    }

    /** The common attributes of the shared parts. */
    @MappedSuperclass
    public abstract static class Part {

        @Id
        public String id;

        public int size = 1;
    }

    /** A tree whose parts know both their root and the part above them. */
    @Entity
    @PublishFullState
    public static class Menu {

        @Id
        public int id = 1;

        @OneToMany(mappedBy = "menu", cascade = CascadeType.ALL, orphanRemoval = true)
        @OrderBy("id")
        public List<Item> items = new ArrayList<>();

        @Version
        public long version;
    }

    /** A part. Its way up comes before its way down, in the alphabet too. */
    @Entity
    public static class Item {

        @Id
        public int id;

        public String text;

        @ManyToOne
        public Menu menu;

        @ManyToOne
        public Item above;

        @OneToMany(mappedBy = "above", cascade = CascadeType.ALL)
        @OrderBy("id")
        public List<Item> below = new ArrayList<>();

        protected Item() {}

        Item(int id, String text) {
            this.id = id;
            this.text = text;
        }

        void add(Item item) {
            item.above = this;
            below.add(item);
        }
    }

    /** A tree in one direction. */
    @Entity
    @PublishFullState
    public static class Outline {

        @Id
        public int id = 1;

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @JoinColumn(name = "outline_id")
        public List<Point> items = new ArrayList<>();

        @Version
        public long version;
    }

    /** A part. */
    @Entity
    public static class Point {

        @Id
        public int id;

        public String text;

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @JoinColumn(name = "above_id")
        public List<Point> below = new ArrayList<>();

        protected Point() {}

        Point(int id, String text) {
            this.id = id;
            this.text = text;
        }
    }

    /** A root that refers to others of its kind. */
    @Entity
    @PublishFullState
    public static class Category {

        @Id
        public int id;

        @ManyToOne
        public Category above;

        @OneToMany(mappedBy = "above", cascade = CascadeType.ALL)
        public List<Category> below = new ArrayList<>();

        @Version
        public long version;

        protected Category() {}

        Category(int id) {
            this.id = id;
        }
    }

    /** One of two kinds of owner that the part knows. */
    @Entity
    @PublishFullState
    public static class Car implements Owner<Wheel> {

        @Id
        public int id = 1;

        @OneToMany(mappedBy = "car", cascade = CascadeType.ALL, orphanRemoval = true)
        public List<Wheel> parts = new ArrayList<>();

        @Version
        public long version;

        @Override
        public List<Wheel> parts() {
            return parts;
        }

        @Override
        public void own(String partId) {
            Wheel wheel = new Wheel();
            wheel.id = partId;
            wheel.car = this;
            parts.add(wheel);
        }
    }

    /** The other kind of owner. */
    @Entity
    @PublishFullState
    public static class Cart implements Owner<Wheel> {

        @Id
        public int id = 1;

        @OneToMany(mappedBy = "cart", cascade = CascadeType.ALL, orphanRemoval = true)
        public List<Wheel> parts = new ArrayList<>();

        @Version
        public long version;

        @Override
        public List<Wheel> parts() {
            return parts;
        }

        @Override
        public void own(String partId) {
            Wheel wheel = new Wheel();
            wheel.id = partId;
            wheel.cart = this;
            parts.add(wheel);
        }
    }

    /** A part of either kind of owner. */
    @Entity
    public static class Wheel extends Part {

        @ManyToOne
        public Car car;

        @ManyToOne
        public Cart cart;
    }

    /** One of two kinds of owner that the part does not know. */
    @Entity
    @PublishFullState
    public static class Lamp implements Owner<Bulb> {

        @Id
        public int id = 1;

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        public List<Bulb> parts = new ArrayList<>();

        @Version
        public long version;

        @Override
        public List<Bulb> parts() {
            return parts;
        }

        @Override
        public void own(String partId) {
            Bulb bulb = new Bulb();
            bulb.id = partId;
            parts.add(bulb);
        }
    }

    /** The other kind of owner. */
    @Entity
    @PublishFullState
    public static class Torch implements Owner<Bulb> {

        @Id
        public int id = 1;

        @OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
        @JoinColumn(name = "torch_id")
        public List<Bulb> parts = new ArrayList<>();

        @Version
        public long version;

        @Override
        public List<Bulb> parts() {
            return parts;
        }

        @Override
        public void own(String partId) {
            Bulb bulb = new Bulb();
            bulb.id = partId;
            parts.add(bulb);
        }
    }

    /** A part of either kind of owner. */
    @Entity
    public static class Bulb extends Part {}
}
