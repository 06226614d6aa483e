//! Tables of text, for people to read.

/// Columns as wide as they must be: the first to the left, all others to the right.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
            0 => format!("{cell:width$}"),
            _ => format!("{cell:>width$}"),
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// A share in percent, never rounded up to what it is not.
pub fn percent(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    let tenths = part * 1000 / whole;
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// Bytes in MiB, rounded up.
pub fn mebibytes(bytes: u64) -> String {
    bytes.div_ceil(1 << 20).to_string()
}

#[cfg(test)]
mod tests {
    use super::{mebibytes, percent, table};

    #[test]
    fn columns_line_up() {
        let rows = [["file", "tests"], ["über.json", "7"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), "file       tests\nüber.json      7\n");
    }

    #[test]
    fn memory_is_rounded_up() {
        assert_eq!([mebibytes(0), mebibytes(1), mebibytes(3 << 20)], ["0", "1", "3"]);
    }

    #[test]
    fn shares_are_not_rounded_up() {
        assert_eq!([percent(1999, 2000), percent(1, 1), percent(0, 0)], ["99.9 %", "100.0 %", "-"]);
    }
}
