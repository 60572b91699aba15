// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/core/catalogue.h"

#include <set>

#include "support.h"

namespace meshcore::test {
namespace {

TEST(Catalogue, NamesAreUniqueAndWellFormed) {
    std::set<std::string_view> names;
    for (const Field& row : catalogue) {
        EXPECT_TRUE(names.insert(row.name).second) << row.name << " twice";
        EXPECT_TRUE(row.name.starts_with("meshcore.") || row.name.starts_with("meshcore_radio."))
            << row.name;
        EXPECT_EQ(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_."),
                  std::string_view::npos)
            << row.name;
        EXPECT_FALSE(row.label.empty()) << row.name;
    }
}

TEST(Catalogue, MasksAndUnitsFitTheKind) {
    for (const Field& row : catalogue) {
        if (row.mask != 0) {
            EXPECT_TRUE(is_integer(row.wire) || row.wire == Wire::boolean) << row.name;
        }
        if (is_real(row)) {
            EXPECT_TRUE(is_integer(row.wire) || row.wire == Wire::real) << row.name;
            EXPECT_EQ(row.display, Display::dec) << row.name;
        }
    }
}

TEST(Catalogue, EveryEnumTableHasRowsInOrder) {
    for (std::size_t id = 1; id < static_cast<std::size_t>(EnumId::count); ++id) {
        if (static_cast<EnumId>(id) == EnumId::data_type) continue;  // ranges, see below
        const auto rows = enum_rows(static_cast<EnumId>(id));
        ASSERT_FALSE(rows.empty()) << id;
        for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_LT(rows[i - 1].value, rows[i].value);
    }
    EXPECT_EQ(enum_name(EnumId::data_type, 0x0112), "Ripple");
    EXPECT_EQ(enum_name(EnumId::data_type, 0x5000), "");
}

TEST(Catalogue, NotesHaveUniqueNames) {
    std::set<std::string_view> names;
    for (const NoteRow& row : note_rows()) {
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_FALSE(row.text.empty());
    }
}

}  // namespace
}  // namespace meshcore::test
