"""Finding what must not stand in public: one file per kind of thing, all behind the `Detector` port."""
