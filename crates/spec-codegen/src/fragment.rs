//! The parts of a crate that are printed apart from one another, on all cores, and how they become one.
//!
//! Must not know what is printed. Parts make the same files as the whole would.

use crate::printer::Printer;
use crate::rust::{Imports, Layout, SourceFile};
use crate::threads;
use spec_document::{Code, Diagnostic, Diagnostics, Location};

/// The files of one crate, and how they came about.
pub(crate) struct CrateOutput {
    /// The files; none where something is wrong.
    pub(crate) files: Vec<SourceFile>,
    /// The imports of the files.
    pub(crate) imports: Imports,
    /// Indices of the models or operations that the engine refused.
    pub(crate) refused: Vec<usize>,
    pub(crate) diagnostics: Diagnostics,
}

/// A part of a crate that is being printed, and how it came about.
pub(crate) struct CrateFragment<'a> {
    pub(crate) layout: Layout,
    pub(crate) printer: Printer<'a>,
    /// Indices of the models or operations that the engine refused.
    pub(crate) refused: Vec<usize>,
    pub(crate) diagnostics: Diagnostics,
}

impl<'a> CrateFragment<'a> {
    /// Starts a part of the files that a printer is for; nothing is imported at first.
    pub(crate) fn new(printer: &Printer<'a>) -> Self {
        CrateFragment {
            layout: Layout::default(),
            printer: printer.fresh(),
            refused: Vec::new(),
            diagnostics: Diagnostics::new(),
        }
    }

    /// Prints all items, on all cores, as if one had been printed after another.
    pub(crate) fn print_all<T: Sync>(
        items: &[T],
        printer: &Printer<'a>,
        print: impl Fn(&T, &mut Self) + Sync,
    ) -> Self {
        let fragments = threads::map(items, |item| {
            let mut fragment = CrateFragment::new(printer);
            print(item, &mut fragment);
            fragment
        });
        // Two fragments that import the same name from two modules know nothing of one another.
        CrateFragment::joined(fragments, printer).unwrap_or_else(|| {
            let mut whole = CrateFragment::new(printer);
            items.iter().for_each(|item| print(item, &mut whole));
            whole
        })
    }

    /// Joins fragments in their order; none where their imports do not go together.
    pub(crate) fn joined(fragments: Vec<Self>, printer: &Printer<'a>) -> Option<Self> {
        let mut whole = CrateFragment::new(printer);
        for fragment in fragments {
            whole.printer.join(fragment.printer)?;
            whole.layout.join(fragment.layout);
            whole.refused.extend(fragment.refused);
            whole.diagnostics.extend(fragment.diagnostics);
        }
        Some(whole)
    }

    /// Lays out the files of the crate. What was printed is always Rust; should it not be, a diagnostic says
    /// so.
    pub(crate) fn finish(self, what: &str, header: &str) -> CrateOutput {
        let CrateFragment { layout, printer, refused, mut diagnostics } = self;
        let location = Location::file(printer.plan.source);
        let imports = printer.into_imports();
        let files = layout.finish(header, imports.print()).unwrap_or_else(|error| {
            let message = format!("the {what} of this document are no valid Rust: {error}");
            diagnostics.push(
                Diagnostic::error(Code::EngineFailed, location, message).help("please report the document"),
            );
            Vec::new()
        });
        CrateOutput { files, imports, refused, diagnostics }
    }
}
